"""aiomysql: `SELECT 1` on a pool or a connection."""

from typing import Any

from holdfast.dependencies.verdict import BUSY, UP, Verdict


def is_blocking(client: object) -> bool:
    """Never."""
    del client
    return False


async def ask(client: Any, timeout: float) -> Verdict:
    """The question; a pool with nothing left is told by its counters."""
    del timeout
    if not hasattr(client, "acquire"):
        await client.ping(reconnect=False)
        return Verdict(UP, "answers a ping")
    if not client.freesize and client.size >= client.maxsize:
        return Verdict(BUSY, f"all {client.maxsize} connections of the pool are in use")
    async with client.acquire() as connection, connection.cursor() as cursor:
        await cursor.execute("SELECT 1")
    return Verdict(UP, "answers SELECT 1")


def usage(client: Any) -> tuple[int, int]:
    """Connections in use, and the most there can be."""
    return client.size - client.freesize, client.maxsize
