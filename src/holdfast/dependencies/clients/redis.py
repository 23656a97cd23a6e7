"""redis-py: PING, and how far a replica is behind, sync or asyncio.

Source: Redis documentation, INFO, section replication.
"""

from typing import Any

from holdfast.dependencies.verdict import LOW, UP, Verdict


def is_blocking(client: object) -> bool:
    """Whether it is of `redis` rather than of `redis.asyncio`."""
    return not any(owner.__module__.startswith("redis.asyncio") for owner in type(client).__mro__)


async def ask(client: Any, timeout: float, max_lag: float | None = None) -> Verdict:
    """The question to a client of redis.asyncio."""
    del timeout
    await client.ping()
    return _up() if max_lag is None else judge_replica(await client.info("replication"), max_lag)


def ask_blocking(client: Any, timeout: float, max_lag: float | None = None) -> Verdict:
    """The question to a blocking client."""
    del timeout
    client.ping()
    return _up() if max_lag is None else judge_replica(client.info("replication"), max_lag)


def judge_replica(replication: dict[str, Any], max_lag: float) -> Verdict:
    """By the fields of INFO: a master is up, a replica that heard nothing for long is low."""
    if replication.get("role") != "slave":
        return _up()
    if replication.get("master_link_status") != "up":
        return Verdict(LOW, "answers PING, a replica without a link to its master")
    lag = replication.get("master_last_io_seconds_ago", 0)
    return Verdict(LOW if lag > max_lag else UP, f"answers PING, a replica {lag} s behind")


def _up() -> Verdict:
    return Verdict(UP, "answers PING")


def usage(client: Any) -> tuple[int, int]:
    """Connections in use, and the most there can be."""
    pool = client.connection_pool
    return len(pool._in_use_connections), pool.max_connections  # noqa: SLF001 - no public counter
