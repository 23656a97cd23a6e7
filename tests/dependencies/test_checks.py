"""Ready-made checks: what they accept, what they refuse, and what drivers' errors become."""

import asyncio
import errno
import socket

import pytest
from tests.dependencies.peers import LOOPBACK, free_port, peer

from holdfast.dependencies import checks
from holdfast.dependencies.check import Check
from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.judge_error import judge_error
from holdfast.dependencies.verdict import Verdict


def test_seed_deadlines() -> None:
    """PostgreSQL 1 s, Redis 800 ms, Kafka 1.5 s, HTTP 2 s, as agreed."""
    made = (checks.postgres("h"), checks.redis("h"), checks.kafka("h"), checks.http("h"))

    assert [check.timeout for check in made] == [1.0, 0.8, 1.5, 2.0]
    assert [check.kind for check in made] == ["datastore", "datastore", "component", "component"]
    assert not any(check.blocking for check in made)


def test_address_is_asked_over_the_wire() -> None:
    """HOST:PORT is enough, and so is a URL of another scheme of the protocol."""
    with peer(b"+PONG\r\n") as port:
        assert asyncio.run(checks.redis(f"{LOOPBACK}:{port}").ask()).up
        assert asyncio.run(checks.redis(f"valkey://{LOOPBACK}:{port}").ask()).up
    assert asyncio.run(checks.tcp(f"{LOOPBACK}:{free_port()}").ask()).state == "refused"
    assert asyncio.run(checks.dns("localhost").ask()).up


def test_wrong_settings_stop_the_start() -> None:
    """A mistake is found where the check is made, not at the first probe."""
    for make in (checks.postgres, checks.redis, checks.kafka, checks.grpc):
        with pytest.raises(ValueError, match="either an address or"):
            make()
    with pytest.raises(ValueError, match="either an address or"):
        checks.redis("h", client=object())
    with pytest.raises(TargetError, match="colon without a port"):
        checks.tcp("h:")
    with pytest.raises(ValueError, match="min_brokers"):
        checks.kafka("h", min_brokers=0)
    with pytest.raises(ValueError, match="min_workers 0 is not above 0"):
        checks.celery(object(), min_workers=0)
    with pytest.raises(ValueError, match="above 0 seconds"):
        checks.redis("h", timeout=0)
    with pytest.raises(ValueError, match="max_lag needs the client"):
        checks.redis("h", max_lag=1)
    with pytest.raises(TargetError, match="known library"):
        checks.redis(client=object())


def test_check_has_one_question() -> None:
    """Who asks in the wrong way is told, instead of blocking a loop."""
    quick = Check("quick", "component", 1.0, ask_blocking=lambda: Verdict("up", ""))
    slow = checks.redis(f"{LOOPBACK}:{free_port()}")

    assert quick.ask_blocking().up
    with pytest.raises(TypeError, match="on a thread"):
        asyncio.run(quick.ask())
    with pytest.raises(TypeError, match="asynchronous"):
        slow.ask_blocking()
    with pytest.raises(ValueError, match="either"):
        Check("none", "component", 1.0)
    assert "quick" in repr(quick)


class StateError(Exception):
    """As asyncpg and psycopg mark theirs."""

    sqlstate = "28P01"


class AuthenticationError(Exception):
    """As redis-py names it."""


class ConnectionError(Exception):  # noqa: A001 - the name is what counts
    """As redis-py names it, around what really happened."""


def chained(outer: Exception, inner: Exception) -> Exception:
    """`outer` raised from `inner`."""
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (StateError("postgres://u:hunter2@h"), "wrong-credentials"),
        (AuthenticationError("hunter2"), "wrong-credentials"),
        (ConnectionError("hunter2"), "closed"),
        (chained(ConnectionError("x"), OSError(errno.ECONNREFUSED, "x")), "refused"),
        (chained(ConnectionError("x"), AuthenticationError("x")), "wrong-credentials"),
        (OSError(errno.EHOSTUNREACH, "x"), "unreachable"),
        (socket.gaierror(-2, "hunter2"), "unresolved"),
        (TimeoutError("hunter2"), "frozen"),
        (RuntimeError("hunter2"), "failing"),
        (RuntimeError(), "failing"),
    ],
)
def test_errors_of_drivers_are_sorted(error: Exception, state: str) -> None:
    """A driver's exception becomes a state by its marks, and its text stays inside."""
    verdict = judge_error(error)

    assert verdict.state == state
    assert "hunter2" not in verdict.detail


def test_chain_of_causes_ends() -> None:
    """Exceptions that cause each other do not hang the judge."""
    one, two = RuntimeError("one"), RuntimeError("two")
    one.__cause__, two.__cause__ = two, one

    assert judge_error(one).state == "failing"


def test_hidden_context_does_not_count() -> None:
    """`raise ... from None` says that what happened before is not the reason."""
    error = RuntimeError("x")
    error.__context__ = OSError(errno.ECONNREFUSED, "x")
    assert judge_error(error).state == "refused"
    error.__suppress_context__ = True
    assert judge_error(error).state == "failing"
