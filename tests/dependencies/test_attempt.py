"""Attempts over real sockets on loopback, in every state that needs no server program."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.dependencies.answers import NATS_INFO
from tests.dependencies.peers import LOOPBACK, black_hole, free_port, listener, peer

from holdfast.dependencies import resolve
from holdfast.dependencies.ask import ask
from holdfast.dependencies.ask_blocking import ask_blocking
from holdfast.dependencies.attempt import Attempt
from holdfast.dependencies.failures import judge_number
from holdfast.dependencies.target import Target, parse_target
from holdfast.dependencies.verdict import (
    BLACK_HOLED,
    CLOSED,
    FROZEN,
    REFUSED,
    UNREACHABLE,
    UNRESOLVED,
    UP,
    WRONG_PROTOCOL,
    Verdict,
)

Asker = Callable[[Target, float], Verdict]


def ask_in_loop(target: Target, timeout: float) -> Verdict:
    """`ask`, from a loop of its own."""
    return asyncio.run(ask(target, timeout))


def outcome(attempt: Attempt) -> Verdict | None:
    """The verdict, read anew."""
    return attempt.verdict


both = pytest.mark.parametrize("question", [ask_blocking, ask_in_loop], ids=["blocking", "asyncio"])


@both
def test_nothing_listens(question: Asker) -> None:
    """A refused connection is known at once and is not confused with silence."""
    verdict = question(parse_target(f"tcp://{LOOPBACK}:{free_port()}"), 5)

    assert verdict.state == REFUSED
    assert "connection refused" in verdict.detail


@both
def test_accepts_and_says_nothing(question: Asker) -> None:
    """A frozen server accepts (the kernel does), and its silence ends at the deadline."""
    with listener() as server:
        port = server.getsockname()[1]
        assert question(parse_target(f"tcp://{LOOPBACK}:{port}"), 5).state == UP
        assert question(parse_target(f"redis://{LOOPBACK}:{port}"), 0.1).state == FROZEN


@both
def test_packets_are_dropped(question: Asker) -> None:
    """A black hole is told apart from a frozen server."""
    with black_hole() as port:
        assert question(parse_target(f"tcp://{LOOPBACK}:{port}"), 0.2).state == BLACK_HOLED


@both
def test_connection_ends_before_an_answer(question: Asker) -> None:
    """A proxy without a backend accepts and closes: not up, and it may still come."""
    with peer() as port:
        verdict = question(parse_target(f"postgres://{LOOPBACK}:{port}"), 5)

    assert verdict.state == CLOSED
    assert not verdict.permanent


@both
def test_other_protocol_is_named(question: Asker) -> None:
    """The usual cause, a wrong port, can be read from the answer."""
    with peer(NATS_INFO) as port:
        verdict = question(parse_target(f"amqp://{LOOPBACK}:{port}"), 5)

    assert verdict.state == WRONG_PROTOCOL
    assert verdict.permanent
    assert "it speaks NATS, not amqp" in verdict.detail


@both
def test_name_without_address(question: Asker) -> None:
    """A Service that does not exist yet is waited for."""
    verdict = question(parse_target("tcp://holdfast.invalid:1"), 10)

    assert verdict.state == UNRESOLVED
    assert not verdict.permanent


@both
def test_one_of_several_hosts_is_enough(question: Asker) -> None:
    """Bootstrap lists work as clients use them, whichever of their hosts is away."""
    with peer(b"+PONG\r\n") as port, black_hole() as hole:
        places = f"{LOOPBACK}:{free_port()},{LOOPBACK}:{hole},{LOOPBACK}:{port}"

        assert question(parse_target(f"redis://{places}"), 1.5).state == UP


@both
def test_most_telling_failure_counts(question: Asker) -> None:
    """Of several hosts that fail, the one that came furthest is reported."""
    with listener() as server:
        places = f"{LOOPBACK}:{server.getsockname()[1]},{LOOPBACK}:{free_port()}"

        assert question(parse_target(f"redis://{places}"), 0.2).state == FROZEN


def test_many_hosts_do_not_overflow() -> None:
    """A long list of refusing hosts is worked off, not recursed into."""
    places = ",".join([f"{LOOPBACK}:{free_port()}"] * 2000)

    assert ask_blocking(parse_target(f"tcp://{places}"), 5).state == REFUSED


@both
def test_unix_socket(question: Asker, tmp_path: Path) -> None:
    """A socket in the file system is asked like a port."""
    path = tmp_path / "s"
    assert question(parse_target(f"unix://{path}"), 1).state == REFUSED
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        assert question(parse_target(f"unix://{path}"), 1).state == UP


@both
def test_ipv6_and_localhost(question: Asker) -> None:
    """Literals need no resolver; a name with two families falls through to the one that listens."""
    with peer(b"+PONG\r\n") as port:
        assert question(parse_target(f"redis://localhost:{port}"), 5).state == UP
        assert question(parse_target(f"redis://[::1]:{port}"), 5).state in (REFUSED, UNREACHABLE)


@both
def test_dns_server_is_asked(question: Asker) -> None:
    """The form with a server asks that server, and tells a missing name from an answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((LOOPBACK, 0))
        port = server.getsockname()[1]
        target = parse_target(f"dns://{LOOPBACK}:{port}/db.shop.svc")
        assert question(target, 0.1).state == FROZEN
        assert b"\x02db\x04shop\x03svc\x00\x00\x01\x00\x01" in server.recv(512)
    assert question(parse_target(f"dns://{LOOPBACK}:{port}/db"), 1).state == REFUSED
    assert question(parse_target("dns://localhost"), 5).state == UP


def test_deadline_holds_in_virtual_time() -> None:
    """Silence costs exactly the timeout: the machine has no clock of its own."""
    with listener() as server:
        target = parse_target(f"redis://{LOOPBACK}:{server.getsockname()[1]}")
        attempt = Attempt(target, now=100.0, timeout=0.8)
        attempt.advance(100.1)
        attempt.expire(100.79)
        assert outcome(attempt) is None
        attempt.expire(attempt.wake_at)
        verdict = outcome(attempt)

    assert attempt.wake_at == pytest.approx(100.8)
    assert verdict is not None
    assert verdict.seconds == pytest.approx(0.8)


def test_several_addresses_share_the_deadline() -> None:
    """The first of two dead hosts gets half of the time, and the sum stays the same."""
    with black_hole() as hole:
        target = parse_target(f"tcp://{LOOPBACK}:{hole},{LOOPBACK}:{hole}")
        attempt = Attempt(target, now=0.0, timeout=2.0)
        assert attempt.wake_at == pytest.approx(1.0)
        attempt.expire(1.0)
        assert outcome(attempt) is None
        assert attempt.wake_at == pytest.approx(2.0)
        attempt.expire(2.0)

    verdict = outcome(attempt)
    assert verdict is not None
    assert verdict.state == BLACK_HOLED


def test_hanging_resolver_is_not_started_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that does not answer costs one thread, not one for each attempt."""
    calls: list[object] = []
    release = _Gate()

    def look_up(name: object, *rest: int) -> list[object]:
        if rest[-1]:
            raise socket.gaierror(-2, "not a literal")
        calls.append(name)
        release.wait()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (LOOPBACK, free_port()))]

    monkeypatch.setattr(resolve, "getaddrinfo", look_up)
    target = parse_target("tcp://slow.example:1")
    for _ in range(3):
        assert ask_blocking(target, 0.05).state == UNRESOLVED
    release.open()
    assert ask_blocking(target, 5).state == REFUSED
    assert calls == [b"slow.example"]


class _Gate:
    def __init__(self) -> None:
        import threading

        self._event = threading.Event()

    def wait(self) -> None:
        self._event.wait(10)

    def open(self) -> None:
        self._event.set()


def test_self_connection_is_no_server() -> None:
    """A client that meets itself on a free local port is not fooled."""
    with socket.socket() as own:
        own.bind((LOOPBACK, 0))
        own.connect(own.getsockname())
        attempt = Attempt(parse_target(f"tcp://{LOOPBACK}:{own.getsockname()[1]}"), 0.0, 1.0)
        attempt.close()
        attempt._socket, attempt.verdict = own, None
        attempt._open(0.0)
        verdict = outcome(attempt)

    assert verdict is not None
    assert verdict.state == REFUSED


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (errno.ECONNREFUSED, REFUSED),
        (errno.ETIMEDOUT, BLACK_HOLED),
        (errno.EHOSTUNREACH, UNREACHABLE),
        (errno.ENETUNREACH, UNREACHABLE),
        (errno.ECONNRESET, CLOSED),
        (errno.EMFILE, "failing"),
    ],
)
def test_system_errors_are_sorted(number: int, state: str) -> None:
    """What connect(2) says becomes a state; trouble on this side is not blamed on the peer."""
    assert judge_number(number, "db:1").state == state


def test_answer_that_quotes_the_password_is_not_shown() -> None:
    """A peer that echoes what it was sent cannot bring the password into a log."""
    with peer(b"-ERR unknown user hunter2\r\n") as port:
        target = parse_target(f"redis://:hunter2@{LOOPBACK}:{port}", login=True)
        verdict = ask_blocking(target, 5)

    assert "hunter2" not in verdict.detail
    assert not verdict.up


def test_plain_port_is_no_tls() -> None:
    """A TLS scheme on a plain port says what is wrong."""
    with peer(b"-ERR Protocol error: unauthenticated multibulk length\r\n") as port:
        verdict = ask_blocking(parse_target(f"rediss://{LOOPBACK}:{port}"), 5)

    assert (verdict.state, "does not speak TLS" in verdict.detail) == (WRONG_PROTOCOL, True)


def test_missing_trust_file_is_refused_at_the_start(tmp_path: Path) -> None:
    """A trust file that holds no certificate stops the start, not the first attempt."""
    file = tmp_path / "ca.pem"
    file.write_text("nothing")
    with pytest.raises(ValueError, match="tls_ca"):
        parse_target(f"rediss://h?tls_ca={file}")
    assert ssl.create_default_context()
