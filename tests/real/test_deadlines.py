"""Deadlines through `Health` (service.md A2, T2): a dependency that is frozen holds no probe.

The application's own clients stretch their time limits, retry or block a thread; a probe that asks
the checks is answered at the check's deadline all the same. How much later is told in the report of
the run.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module

import pytest
from tests.dependencies.peers import LOOPBACK, black_hole
from tests.life.served import Answer
from tests.life.served import Server as Asgi
from tests.real.programs import need_driver
from tests.real.servers.server import SECRET, WRONG_SECRET, Server

from holdfast.dependencies import checks
from holdfast.dependencies.check import Check
from holdfast.dependencies.target import parse_target
from holdfast.health import Health

pytestmark = pytest.mark.real

TOKEN = ((b"authorization", b"Bearer token of an operator"),)
_TIMEOUT_SECONDS = 0.8
# redis-py answers after 24 s when its server is frozen (docs/specs/service.md F5).
_LONGEST_SECONDS = 12.0
Maker = Callable[[Server], AbstractAsyncContextManager[Check]]


@asynccontextmanager
async def asyncpg(server: Server) -> AsyncIterator[Check]:
    """A pool of asyncpg."""
    import asyncpg as library

    url = server.login.replace("postgres://", "postgresql://")
    pool = await library.create_pool(url, min_size=1, max_size=2)
    try:
        yield checks.postgres(pool=pool, timeout=_TIMEOUT_SECONDS)
    finally:
        pool.terminate()


@asynccontextmanager
async def psycopg_pool(server: Server) -> AsyncIterator[Check]:
    """A blocking pool of psycopg, asked on a thread."""
    import psycopg_pool as library

    with library.ConnectionPool(server.login, min_size=1, max_size=2, open=True) as pool:
        yield checks.postgres(pool=pool, timeout=_TIMEOUT_SECONDS)


@asynccontextmanager
async def redis(server: Server) -> AsyncIterator[Check]:
    """redis.asyncio with its ten retries."""
    import redis.asyncio as library

    async with library.from_url(server.login) as client:
        yield checks.redis(client=client, timeout=_TIMEOUT_SECONDS)


@asynccontextmanager
async def blocking_redis(server: Server) -> AsyncIterator[Check]:
    """redis-py without a time limit, asked on a thread."""
    import redis as library

    with library.from_url(server.login) as client:
        yield checks.redis(client=client, timeout=_TIMEOUT_SECONDS)


@asynccontextmanager
async def pymysql(server: Server) -> AsyncIterator[Check]:
    """A connection of PyMySQL, asked on a thread."""
    import pymysql as library

    host, port = parse_target(server.url).hosts[0]
    login = {"host": host, "port": port, "user": "app", "password": SECRET}
    with library.connect(**login) as connection:
        yield checks.mysql(client=connection, timeout=_TIMEOUT_SECONDS)


@asynccontextmanager
async def nats(server: Server) -> AsyncIterator[Check]:
    """A client of nats-py."""
    import nats as library

    client = await library.connect(server.login)
    try:
        yield checks.nats(client=client, timeout=_TIMEOUT_SECONDS)
    finally:
        await client.close()


@asynccontextmanager
async def aio_pika(server: Server) -> AsyncIterator[Check]:
    """A connection of aio-pika."""
    import aio_pika as library

    async with await library.connect(server.login) as connection:
        yield checks.amqp(client=connection, timeout=_TIMEOUT_SECONDS)


@asynccontextmanager
async def wire(server: Server) -> AsyncIterator[Check]:
    """The greeting of Kafka, without a client."""
    address = server.url.removeprefix("kafka://")
    yield checks.kafka(address, timeout=_TIMEOUT_SECONDS)


CASES: tuple[tuple[Maker, str, str], ...] = (
    (asyncpg, "asyncpg", "postgres"),
    (psycopg_pool, "psycopg_pool", "postgres"),
    (redis, "redis", "redis"),
    (blocking_redis, "redis", "redis"),
    (pymysql, "pymysql", "mariadb"),
    (nats, "nats", "nats"),
    (aio_pika, "aio_pika", "rabbitmq"),
    (wire, "asyncio", "kafka"),
)


@pytest.fixture(scope="module")
def servers() -> Iterator[Callable[[str], Server]]:
    """Servers by name, each started once."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        running: dict[str, Server] = {}

        def server(name: str) -> Server:
            if name not in running:
                module = import_module(f"tests.real.servers.{name}")
                running[name] = stack.enter_context(module.server())
            return running[name]

        yield server


async def ready(service: Asgi) -> Answer:
    """One readiness probe, which must not take as long as the clients would."""
    async with asyncio.timeout(_LONGEST_SECONDS):
        return await service.get("/readyz")


async def until_ready(service: Asgi) -> None:
    """Until traffic may come: a busy machine may need more than one deadline."""
    async with asyncio.timeout(60):
        while (await ready(service)).status != 200:
            await asyncio.sleep(0.05)


def state(health: Health, check: Check) -> str:
    """What the last sample said."""
    verdict = health.board.entries[check.name].verdict
    return verdict.state if verdict else "not asked"


@pytest.mark.parametrize(("maker", "package", "name"), CASES, ids=lambda value: str(
    getattr(value, "__name__", value)))  # fmt: skip
def test_frozen_dependency_holds_no_probe(
    maker: Maker, package: str, name: str, servers: Callable[[str], Server],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    """Up, frozen by SIGSTOP, and up again: each told at the deadline, in one body of one word."""
    need_driver(package)
    server = servers(name)

    async def body() -> None:
        async with maker(server) as check:
            health = Health(refresh=None)
            health.add(check, on_fail="unready", after=1)
            service = Asgi(health.mount())
            await service.start()
            await until_ready(service)
            with server.frozen():
                frozen = await ready(service)
                verdict = health.board.entries[check.name].verdict
                # A run that hangs is not joined by a second one.
                again = await ready(service)
            await until_ready(service)
            await service.stop()
        assert (frozen.status, frozen.body) == (again.status, again.body) == (503, b"not ready")
        assert verdict is not None
        assert verdict.state == "frozen"
        late = (verdict.seconds - _TIMEOUT_SECONDS) * 1000
        row = f"{name:10} {maker.__name__:16} frozen {late:8.1f} ms after its deadline"
        request.node.user_properties.append(("deadlines", row))

    asyncio.run(body())


@pytest.mark.parametrize("scheme", ["postgres", "mysql", "redis", "kafka", "amqp", "nats"])
async def test_address_that_drops_everything(scheme: str) -> None:
    """Black-holed: no answer to the connection, and one to the probe."""
    with black_hole() as port:
        check = getattr(checks, scheme)(f"{LOOPBACK}:{port}", timeout=_TIMEOUT_SECONDS)
        health = Health(refresh=None)
        health.add(check, on_fail="unready", after=1)
        service = Asgi(health.mount())
        await service.start()
        answer = await ready(service)
        await service.stop()

    assert (answer.status, state(health, check)) == (503, "black-holed")


def test_wrong_credentials_stay_inside(servers: Callable[[str], Server]) -> None:
    """The class is told to those who may know; no password, user or host to anybody."""
    need_driver("redis")
    import redis.asyncio as library

    server = servers("redis")

    async def body() -> tuple[bytes, bytes]:
        async with library.from_url(server.wrong) as client:
            health = Health(refresh=None, token="token of an operator")
            health.add(checks.redis(client=client, timeout=5), on_fail="unready", after=1)
            service = Asgi(health.mount())
            await service.start()
            public = await ready(service)
            detail = await service.get("/health", headers=TOKEN)
            await service.stop()
        return public.body, detail.body

    public, detail = asyncio.run(body())

    output = json.loads(detail)["checks"]["redis:responseTime"][0]["output"]
    assert (public, output) == (b"not ready", "wrong-credentials")
    assert not [s for s in (SECRET, WRONG_SECRET, LOOPBACK) if s in detail.decode()]
