"""SQLAlchemy: `SELECT 1` through an Engine or AsyncEngine, whatever the database.

An engine waits `pool_timeout` (30 s unless set) for a connection and takes no other limit per call,
so a pool with nothing left is told by its counters before it is asked.
"""

from typing import Any

from holdfast.dependencies.verdict import BUSY, UP, Verdict


def is_blocking(client: Any) -> bool:
    """Whether it is an Engine rather than an AsyncEngine."""
    return not hasattr(client, "sync_engine")


async def ask(client: Any, timeout: float) -> Verdict:
    """The question to an AsyncEngine."""
    del timeout
    used_up = full(client)
    if used_up is not None:
        return used_up
    await rows_async(client, "SELECT 1")
    return Verdict(UP, "answers SELECT 1")


def ask_blocking(client: Any, timeout: float) -> Verdict:
    """The question to an Engine."""
    del timeout
    used_up = full(client)
    if used_up is not None:
        return used_up
    rows(client, "SELECT 1")
    return Verdict(UP, "answers SELECT 1")


def rows(client: Any, statement: str) -> list[tuple[Any, ...]]:
    """What an Engine answers; raises what its driver raises."""
    with client.connect() as connection:
        return list(connection.exec_driver_sql(statement))


async def rows_async(client: Any, statement: str) -> list[tuple[Any, ...]]:
    """What an AsyncEngine answers."""
    async with client.connect() as connection:
        return list(await connection.exec_driver_sql(statement))


def usage(client: Any) -> tuple[int, int]:
    """Connections in use, and the most there can be; 0 for a pool without a limit."""
    pool = getattr(client, "pool", client)
    overflow = getattr(pool, "_max_overflow", -1)
    if overflow < 0 or not hasattr(pool, "checkedout"):
        return getattr(pool, "checkedout", int)(), 0
    return pool.checkedout(), pool.size() + overflow


def full(client: Any) -> Verdict | None:
    """`busy` where no connection is left, before a wait of 30 s begins."""
    used, most = usage(client)
    if not most or used < most:
        return None
    return Verdict(BUSY, f"all {most} connections of the pool are in use")
