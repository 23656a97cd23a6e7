"""Checks on the caller's own clients: the real libraries against the real servers.

What counts is that a check sees what the application would see: its own pool, its own connection.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from typing import Any

import pytest
from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need_driver
from tests.real.servers import kafka, mariadb, nats, postgres, rabbitmq, redis
from tests.real.servers.server import SECRET, WRONG_SECRET, Server

from holdfast.dependencies import checks
from holdfast.dependencies.check import Check
from holdfast.dependencies.target import parse_target
from holdfast.dependencies.verdict import FROZEN, Verdict

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """PostgreSQL, up."""
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="module")
def maria() -> Iterator[Server]:
    """MariaDB, up."""
    with mariadb.server() as server:
        yield server


@pytest.fixture(scope="module")
def cache() -> Iterator[Server]:
    """Redis, up."""
    with redis.server() as server:
        yield server


def place(server: Server) -> dict[str, Any]:
    """Host and port as drivers want them."""
    host, port = parse_target(server.url).hosts[0]
    return {"host": host, "port": port}


async def asked(check: Check) -> Verdict:
    """The verdict within the deadline, which the caller holds."""
    try:
        async with asyncio.timeout(check.timeout):
            return await check.ask()
    except TimeoutError:
        return Verdict(FROZEN, "deadline")


def run(body: Callable[[], Awaitable[None]]) -> None:
    """Run the coroutine of a test."""
    asyncio.run(body())  # type: ignore[arg-type]


@asynccontextmanager
async def asyncpg_pool(server: Server, most: int) -> AsyncIterator[Any]:
    """A pool of asyncpg."""
    import asyncpg

    login = {"user": "app", "password": SECRET, "database": "postgres"}
    pool = await asyncpg.create_pool(**place(server), **login, min_size=1, max_size=most)
    try:
        yield pool
    finally:
        pool.terminate()


def test_asyncpg(database: Server) -> None:
    """A pool that works is up; one that is exhausted is busy and not dead."""
    need_driver("asyncpg")

    async def body() -> None:
        async with asyncpg_pool(database, 2) as pool:
            check = checks.postgres(pool=pool, timeout=0.5)
            unknown = checks.postgres(pool=pool, timeout=0.5)
            usage = checks.saturation(pool)
            assert not check.blocking
            assert (await asked(check)).state == "up"
            async with pool.acquire() as one, pool.acquire():
                assert (await asked(check)).state == "busy"
                assert (await asked(unknown)).state == "failing"
                assert usage.ask_blocking().state == "low"
                assert (await asked(checks.postgres(client=one))).state == "up"
            assert usage.ask_blocking().state == "up"
            assert (await asked(check)).state == "up"

    run(body)


def test_psycopg(database: Server) -> None:
    """Pools and connections, blocking and asynchronous."""
    need_driver("psycopg_pool")
    import psycopg
    import psycopg_pool

    url = database.login
    with psycopg_pool.ConnectionPool(url, min_size=1, max_size=1, open=True) as pool:
        check = checks.postgres(pool=pool, timeout=0.4)
        assert check.blocking
        assert check.ask_blocking().state == "up"
        with pool.connection() as connection:
            assert check.ask_blocking().state == "busy"
            assert checks.saturation(pool).ask_blocking().state == "low"
            assert checks.postgres(client=connection).ask_blocking().state == "up"

    async def body() -> None:
        async with psycopg_pool.AsyncConnectionPool(
            url, min_size=1, max_size=1, open=False
        ) as pool:
            check = checks.postgres(pool=pool, timeout=0.4)
            assert (await asked(check)).state == "up"
            async with pool.connection() as connection:
                assert (await asked(check)).state == "busy"
                assert (await asked(checks.postgres(client=connection))).state == "up"

    run(body)
    with closing(psycopg.connect(url)) as gone:
        check = checks.postgres(client=gone)
    assert check.ask_blocking().state in ("closed", "failing")


def test_sqlalchemy(database: Server) -> None:
    """Engines: a pool with nothing left is told at once, without 30 s of pool_timeout."""
    need_driver("sqlalchemy")
    from sqlalchemy import create_engine
    from sqlalchemy.ext.asyncio import create_async_engine

    base = database.login.removeprefix("postgres://")
    engine = create_engine(f"postgresql+psycopg://{base}", pool_size=1, max_overflow=0)
    check = checks.postgres(pool=engine)
    assert check.blocking
    assert check.ask_blocking().state == "up"
    with engine.connect():
        assert check.ask_blocking().state == "busy"
        assert checks.saturation(engine).ask_blocking().state == "low"
    engine.dispose()
    wrong = create_engine(f"postgresql+psycopg://{base.replace(SECRET, WRONG_SECRET)}")
    verdict = checks.postgres(pool=wrong).ask_blocking()
    assert verdict.state == "wrong-credentials"
    assert WRONG_SECRET not in verdict.detail

    async def body() -> None:
        engine = create_async_engine(f"postgresql+asyncpg://{base}", pool_size=1, max_overflow=0)
        check = checks.postgres(pool=engine)
        assert (await asked(check)).state == "up"
        async with engine.connect():
            assert (await asked(check)).state == "busy"
        await engine.dispose()

    run(body)


def test_redis(cache: Server) -> None:
    """Both clients of redis-py: up, frozen, refused, wrong password."""
    need_driver("redis")
    import redis as library
    import redis.asyncio as library_async
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)

    with library.Redis(**place(cache), password=SECRET, retry=once) as client:
        assert checks.redis(client=client).ask_blocking().state == "up"
        assert checks.saturation(client).ask_blocking().state == "up"
    with library.Redis(**place(cache), password=WRONG_SECRET) as wrong:
        verdict = checks.redis(client=wrong).ask_blocking()
        assert (verdict.state, WRONG_SECRET in verdict.detail) == ("wrong-credentials", False)
    with library.Redis(host=LOOPBACK, port=free_port(), retry=once) as nobody:
        assert checks.redis(client=nobody).ask_blocking().state == "refused"

    async def body() -> None:
        async with library_async.Redis(**place(cache), password=SECRET) as client:
            check = checks.redis(client=client, timeout=0.3)
            assert not check.blocking
            assert (await asked(check)).state == "up"
            with cache.frozen():
                assert (await asked(check)).state == "frozen"
            assert (await asked(check)).state == "up"

    run(body)


def test_redis_replica(cache: Server) -> None:
    """A replica is up while it hears of its master, and low when the master is silent."""
    need_driver("redis")
    import time

    import redis as library

    with (
        redis.replica(cache) as server,
        library.Redis(**place(server), password=SECRET) as client,
        library.Redis(**place(cache), password=SECRET) as master,
    ):
        check = checks.redis(client=client, max_lag=10)
        deadline = time.monotonic() + 30
        while not check.ask_blocking().up and time.monotonic() < deadline:
            time.sleep(0.1)
        assert "a replica" in check.ask_blocking().detail
        assert check.ask_blocking().up
        assert checks.redis(client=master, max_lag=10).ask_blocking().up
        with cache.frozen():
            strict = checks.redis(client=client, max_lag=0)
            while not strict.ask_blocking().degraded and time.monotonic() < deadline:
                time.sleep(0.1)
            assert strict.ask_blocking().state == "low"
        client.replicaof("127.0.0.1", free_port())
        time.sleep(0.2)
        assert "without a link" in check.ask_blocking().detail


def test_redis_that_loads() -> None:
    """LOADING reaches the check through the client."""
    need_driver("redis")
    import redis as library

    with (
        redis.starting() as server,
        library.Redis(**place(server), password=SECRET) as client,
    ):
        assert checks.redis(client=client).ask_blocking().state == "starting"


def test_mysql(maria: Server) -> None:
    """PyMySQL and aiomysql: up, busy, wrong password, missing database."""
    need_driver("aiomysql")
    import aiomysql
    import pymysql

    login = {"user": "app", "password": SECRET}
    with closing(pymysql.connect(**place(maria), **login)) as connection:
        check = checks.mysql(client=connection)
        assert check.blocking
        assert check.ask_blocking().state == "up"

    async def body() -> None:
        pool = await aiomysql.create_pool(**place(maria), **login, minsize=1, maxsize=1)
        check = checks.mysql(pool=pool, timeout=0.5)
        assert (await asked(check)).state == "up"
        async with pool.acquire() as connection:
            assert (await asked(check)).state == "busy"
            assert (await asked(checks.mysql(client=connection))).state == "up"
        pool.close()
        await pool.wait_closed()

    run(body)


def test_kafka() -> None:
    """confluent-kafka and aiokafka on the mock cluster: as many brokers as wanted, or not."""
    need_driver("aiokafka")
    from aiokafka import AIOKafkaProducer
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient

    with kafka.mock(2) as url:
        servers = url.removeprefix("kafka://")
        for client in (
            Producer({"bootstrap.servers": servers}),
            AdminClient({"bootstrap.servers": servers}),
        ):
            assert checks.kafka(client=client, min_brokers=2).ask_blocking().state == "up"
            assert checks.kafka(client=client, min_brokers=3).ask_blocking().state == "starting"

        async def body() -> None:
            assert (await asked(checks.kafka(servers, min_brokers=2))).state == "up"
            async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
                assert (await asked(checks.kafka(client=producer, min_brokers=2))).state == "up"
                few = checks.kafka(client=producer, min_brokers=3)
                assert (await asked(few)).state == "starting"

        run(body)


def test_kafka_without_brokers() -> None:
    """A client whose brokers are gone says so within its limit."""
    need_driver("confluent_kafka")
    from confluent_kafka import Producer

    nobody = {"bootstrap.servers": f"{LOOPBACK}:{free_port()}", "log_level": 0}
    verdict = checks.kafka(client=Producer(nobody), timeout=0.5).ask_blocking()

    assert verdict.state in ("refused", "frozen")


def test_amqp() -> None:
    """aio-pika: a channel on the connection; a broker that is gone is told."""
    need_driver("aio_pika")
    import aio_pika

    async def body() -> None:
        with rabbitmq.server() as server:
            url = server.login.replace("amqp://", "amqp://", 1)
            connection = await aio_pika.connect(url)
            check = checks.amqp(client=connection, timeout=2.0)
            assert (await asked(check)).state == "up"
            with server.frozen():
                assert (await asked(checks.amqp(client=connection, timeout=0.3))).state == "frozen"
            await connection.close()
            assert (await asked(check)).state == "closed"

    run(body)


def test_nats() -> None:
    """nats-py: a flush; a client that was closed is told."""
    need_driver("nats")
    import nats as library

    async def body() -> None:
        with nats.server() as server:
            client = await library.connect(server.login, max_reconnect_attempts=0)
            check = checks.nats(client=client, timeout=1.0)
            assert (await asked(check)).state == "up"
            with server.frozen():
                assert (await asked(checks.nats(client=client, timeout=0.3))).state == "frozen"
            await client.close()
            assert (await asked(check)).state == "closed"

    run(body)


def test_grpc() -> None:
    """The health service of grpcio: over the wire, and on both kinds of channel."""
    need_driver("grpc_health")
    from concurrent.futures import ThreadPoolExecutor

    import grpc
    from grpc_health.v1 import health, health_pb2, health_pb2_grpc

    states = health_pb2.HealthCheckResponse
    servicer = health.HealthServicer()
    servicer.set("", states.SERVING)
    servicer.set("shop.Cart", states.NOT_SERVING)
    server = grpc.server(ThreadPoolExecutor(2))
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    bare = grpc.server(ThreadPoolExecutor(1))
    bare_port = bare.add_insecure_port(f"{LOOPBACK}:0")
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    server.start()
    bare.start()
    expected = {"": "up", "shop.Cart": "starting", "shop.Nothing": "starting"}

    async def body() -> None:
        address = f"{LOOPBACK}:{port}"
        async with grpc.aio.insecure_channel(address) as channel:
            for service, state in expected.items():
                assert (await asked(checks.grpc(address, service=service))).state == state
                check = checks.grpc(client=channel, service=service)
                assert (await asked(check)).state == state, service
        assert (await asked(checks.grpc(f"{LOOPBACK}:{bare_port}"))).state == "missing"

    run(body)
    with grpc.insecure_channel(f"{LOOPBACK}:{port}") as channel:
        for service, state in expected.items():
            assert checks.grpc(client=channel, service=service).ask_blocking().state == state
    server.stop(0).wait()
    bare.stop(0).wait()
