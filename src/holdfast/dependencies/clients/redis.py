"""redis-py: PING, sync or asyncio."""

from typing import Any

from holdfast.dependencies.verdict import UP, Verdict


def is_blocking(client: object) -> bool:
    """Whether it is of `redis` rather than of `redis.asyncio`."""
    return not any(owner.__module__.startswith("redis.asyncio") for owner in type(client).__mro__)


async def ask(client: Any, timeout: float) -> Verdict:
    """The question to a client of redis.asyncio."""
    del timeout
    await client.ping()
    return Verdict(UP, "answers PING")


def ask_blocking(client: Any, timeout: float) -> Verdict:
    """The question to a blocking client."""
    del timeout
    client.ping()
    return Verdict(UP, "answers PING")


def usage(client: Any) -> tuple[int, int]:
    """Connections in use, and the most there can be."""
    pool = client.connection_pool
    return len(pool._in_use_connections), pool.max_connections  # noqa: SLF001 - no public counter
