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
    full = _full(client)
    if full is not None:
        return full
    async with client.connect() as connection:
        await connection.exec_driver_sql("SELECT 1")
    return Verdict(UP, "answers SELECT 1")


def ask_blocking(client: Any, timeout: float) -> Verdict:
    """The question to an Engine."""
    del timeout
    full = _full(client)
    if full is not None:
        return full
    with client.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    return Verdict(UP, "answers SELECT 1")


def usage(client: Any) -> tuple[int, int]:
    """Connections in use, and the most there can be; 0 for a pool without a limit."""
    pool = getattr(client, "pool", client)
    overflow = getattr(pool, "_max_overflow", -1)
    if overflow < 0 or not hasattr(pool, "checkedout"):
        return getattr(pool, "checkedout", int)(), 0
    return pool.checkedout(), pool.size() + overflow


def _full(client: Any) -> Verdict | None:
    used, most = usage(client)
    if not most or used < most:
        return None
    return Verdict(BUSY, f"all {most} connections of the pool are in use")
