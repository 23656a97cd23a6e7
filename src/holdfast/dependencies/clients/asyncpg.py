"""asyncpg: `SELECT 1` on a pool, with a bounded wait for a connection, or on one connection."""

from typing import Any

from holdfast.dependencies.verdict import BUSY, UP, Verdict


def is_blocking(client: object) -> bool:
    """Never."""
    del client
    return False


async def ask(client: Any, timeout: float) -> Verdict:
    """The question; a pool gets half of the time to lend a connection."""
    if not hasattr(client, "acquire"):
        await client.fetchval("SELECT 1", timeout=timeout)
        return Verdict(UP, "answers SELECT 1")
    if not client.get_idle_size() and client.get_size() >= client.get_max_size():
        waited = timeout / 2
        try:
            connection = await client.acquire(timeout=waited)
        except TimeoutError:
            lent = client.get_max_size()
            return Verdict(BUSY, f"all {lent} connections of the pool are in use")
    else:
        connection = await client.acquire(timeout=timeout)
    try:
        await connection.fetchval("SELECT 1", timeout=timeout)
    finally:
        await client.release(connection)
    return Verdict(UP, "answers SELECT 1")


def usage(client: Any) -> tuple[int, int]:
    """Connections in use, and the most there can be."""
    return client.get_size() - client.get_idle_size(), client.get_max_size()
