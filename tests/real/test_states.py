"""Every real server in every state: up, refused, frozen, black-holed, wrong credentials, starting.

The servers are Debian's packages and a Kafka broker from Maven Central; each is started on a port
of its own, in a directory of its own.
"""

import asyncio
import socket
from collections.abc import Iterator
from importlib import import_module

import pytest
from tests.dependencies.peers import LOOPBACK, black_hole, free_port
from tests.real.programs import need_driver
from tests.real.servers import kafka, mariadb, postgres, redis
from tests.real.servers.server import SECRET, WRONG_SECRET, Server
from tests.wait.waiter import wait

from holdfast.dependencies.ask import ask
from holdfast.dependencies.ask_blocking import ask_blocking
from holdfast.dependencies.handshakes import mysql
from holdfast.dependencies.handshakes.postgres import startup_packet
from holdfast.dependencies.target import parse_target
from holdfast.dependencies.verdict import Verdict

pytestmark = pytest.mark.real

KINDS = ("postgres", "mariadb", "redis", "rabbitmq", "nats", "kafka")
DRIVERS = {"postgres": "psycopg", "mariadb": "pymysql", "kafka": "confluent_kafka"}
# What a server may say on its way up: nothing that would end a wait.
ON_THE_WAY = {"refused", "closed", "frozen", "starting", "failing", "up"}


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The name of a server's module."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def running(kind: str) -> Iterator[Server]:
    """The server, up."""
    with import_module(f"tests.real.servers.{kind}").server() as server:
        yield server


def test_up(running: Server) -> None:
    """A server that is there is up, for the waiter and for a coroutine."""
    assert running.ask().up
    assert asyncio.run(ask(parse_target(running.url), 5.0)).up
    assert wait(running.url, "-t", "10s").code == 0


def test_start_never_ends_a_wait(running: Server) -> None:
    """From the first moment of the process until it is up, no answer is permanent."""
    states = {verdict.state for verdict in running.started}

    assert states <= ON_THE_WAY
    assert running.started[-1].up


def test_frozen_and_thawed(running: Server) -> None:
    """SIGSTOP: it accepts and is silent; the attempt ends at its deadline, and later it is up."""
    with running.frozen():
        verdict = running.ask(timeout=0.5)
    assert verdict.state == "frozen"
    assert 0.5 <= verdict.seconds < 5
    assert running.ask().up


def test_refused_and_black_holed(running: Server) -> None:
    """The same question to a port without a listener, and to one that drops packets."""
    scheme = running.url.partition(":")[0]
    closed = ask_blocking(parse_target(f"{scheme}://{LOOPBACK}:{free_port()}"), 5.0)
    with black_hole() as port:
        dropped = ask_blocking(parse_target(f"{scheme}://{LOOPBACK}:{port}"), 0.5)

    assert (closed.state, dropped.state) == ("refused", "black-holed")


def test_right_credentials(running: Server, kind: str) -> None:
    """--login with the right password is ready."""
    if kind in DRIVERS:
        need_driver(DRIVERS[kind])
    ended = wait(running.login, "--login", "--attempt-timeout", "10s", "-t", "30s")

    assert ended.code == 0, ended.err
    assert SECRET not in ended.err


def test_wrong_credentials_end_at_once(running: Server, kind: str) -> None:
    """--login with a wrong password is permanent, and neither password is shown."""
    if kind in DRIVERS:
        need_driver(DRIVERS[kind])
    ended = wait(running.wrong, "--login", "--attempt-timeout", "10s", "-t", "120s")

    assert ended.code == 3, ended.err
    assert "wrong-credentials" in ended.err
    assert WRONG_SECRET not in ended.err + ended.out


def test_what_is_missing_ends_at_once(running: Server, kind: str) -> None:
    """A database, virtual host or index that does not exist is permanent."""
    if not running.missing:
        assert kind in ("nats", "kafka")
        return
    if kind in DRIVERS:
        need_driver(DRIVERS[kind])
    ended = wait(running.missing, "--login", "--attempt-timeout", "10s", "-t", "120s")

    assert ended.code == 3, ended.err
    assert "  missing  " in ended.err
    assert SECRET not in ended.err


def test_postgres_that_starts() -> None:
    """A server that answers "not yet" is not up, although its port is open."""
    with postgres.starting() as server:
        verdict = server.ask()
        while verdict.state in ("refused", "closed"):
            verdict = server.ask()
        ended = wait(server.url, "-t", "500ms")

    assert verdict.state == "starting", verdict
    assert ended.code == 124
    assert "57P03" in ended.err


def test_redis_that_loads() -> None:
    """LOADING is told apart; behind a password only to one who logs in."""
    with redis.starting() as server:
        stranger = server.ask()
        ended = wait(server.login, "--login", "-t", "3s")

    assert "asks for a password" in stranger.detail
    assert ended.code == 124
    assert "LOADING" in ended.err


def test_postgres_without_a_free_session() -> None:
    """53300 is `full`: it passes, and it is not a dead server."""
    with postgres.server() as server:
        host, port = parse_target(server.url).hosts[0]
        held = []
        try:
            for _ in range(4 * postgres.MOST_SESSIONS):
                client = socket.create_connection((host, port))
                client.sendall(startup_packet("app", "postgres"))
                held.append(client)
                client.recv(1)
            verdict = server.ask()
        finally:
            for client in held:
                client.close()

    assert verdict.state == "full"
    assert "53300" in verdict.detail


def test_mariadb_is_not_blocked_by_asking() -> None:
    """Many greetings do not use up max_connect_errors; leaving after the greeting does."""
    with mariadb.server() as server:
        _, port = parse_target(server.url).hosts[0]
        asked = [_ask_from_neighbour(port) for _ in range(5 * mariadb.MOST_INTERRUPTED)]
        for _ in range(mariadb.MOST_INTERRUPTED + 1):
            with _neighbour(port) as client:
                client.recv(1000)
        blocked = _ask_from_neighbour(port)

    assert all(verdict.up for verdict in asked), asked[-1]
    assert (blocked.state, "1129" in blocked.detail) == ("denied", True)


def _neighbour(port: int) -> socket.socket:
    """A connection from 127.0.0.2: the loopback address itself is never blocked."""
    return socket.create_connection((LOOPBACK, port), 5, ("127.0.0.2", 0))


def _ask_from_neighbour(port: int) -> Verdict:
    conversation = mysql.converse(parse_target(f"mysql://{LOOPBACK}:{port}"))
    with _neighbour(port) as client:
        send = next(conversation)
        try:
            while True:
                client.sendall(send)
                send = conversation.send(client.recv(65536))
        except StopIteration as end:
            verdict: Verdict = end.value
            return verdict


def test_kafka_with_too_few_brokers() -> None:
    """`min_brokers` is an expectation: three are there, four are waited for."""
    with kafka.mock(3) as url:
        enough = ask_blocking(parse_target(f"{url}?min_brokers=3"), 5.0)
        few = ask_blocking(parse_target(f"{url}?min_brokers=4"), 5.0)

    assert (enough.state, few.state) == ("up", "starting")
    assert few.detail == "3 brokers in the metadata, 4 wanted"


def test_six_services_in_one_call(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What an init container does: all of them side by side, then the command."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        names = [name for name in KINDS if name != "kafka"]
        urls = [
            stack.enter_context(import_module(f"tests.real.servers.{name}").server()).url
            for name in names
        ]
        urls.append(stack.enter_context(kafka.mock(1)))
        ended = wait(*urls, "-t", "30s", "--", "echo", "go")

    assert (ended.code, ended.out) == (0, "go\n")
    assert "all 6 ready" in ended.err
