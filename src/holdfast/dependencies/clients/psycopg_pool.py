"""psycopg_pool: `SELECT 1` with a bounded wait for a connection, sync or asyncio."""

from inspect import iscoroutinefunction
from typing import Any

from holdfast.dependencies.verdict import BUSY, UP, Verdict


def is_blocking(client: Any) -> bool:
    """Whether it is a ConnectionPool rather than an AsyncConnectionPool."""
    return not iscoroutinefunction(client.getconn)


async def ask(client: Any, timeout: float) -> Verdict:
    """The question to an AsyncConnectionPool."""
    try:
        connection = await client.getconn(timeout=timeout / 2)
    except Exception as error:  # noqa: BLE001 - _judge_wait raises what it does not know
        return _judge_wait(client, error)
    try:
        await connection.execute("SELECT 1")
    finally:
        await client.putconn(connection)
    return Verdict(UP, "answers SELECT 1")


def ask_blocking(client: Any, timeout: float) -> Verdict:
    """The question to a ConnectionPool."""
    try:
        connection = client.getconn(timeout=timeout / 2)
    except Exception as error:  # noqa: BLE001 - _judge_wait raises what it does not know
        return _judge_wait(client, error)
    try:
        connection.execute("SELECT 1")
    finally:
        client.putconn(connection)
    return Verdict(UP, "answers SELECT 1")


def _judge_wait(client: Any, error: Exception) -> Verdict:
    """PoolTimeout says that nothing was lent in time; anything else is for judge_error."""
    if type(error).__name__ not in ("PoolTimeout", "TooManyRequests"):
        raise error
    return Verdict(BUSY, f"no connection of the pool (at most {client.max_size}) came free")


def usage(client: Any) -> tuple[int, int]:
    """Connections in use, and the most there can be."""
    statistics = client.get_stats()
    used = statistics.get("pool_size", 0) - statistics.get("pool_available", 0)
    return used, statistics["pool_max"]
