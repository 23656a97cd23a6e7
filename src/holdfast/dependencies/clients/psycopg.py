"""psycopg: `SELECT 1` on one connection, sync or asyncio."""

from inspect import iscoroutinefunction
from typing import Any

from holdfast.dependencies.verdict import UP, Verdict


def is_blocking(client: Any) -> bool:
    """Whether it is a Connection rather than an AsyncConnection."""
    return not iscoroutinefunction(client.execute)


async def ask(client: Any, timeout: float) -> Verdict:
    """The question to an AsyncConnection."""
    del timeout
    await client.execute("SELECT 1")
    return Verdict(UP, "answers SELECT 1")


def ask_blocking(client: Any, timeout: float) -> Verdict:
    """The question to a Connection."""
    del timeout
    client.execute("SELECT 1")
    return Verdict(UP, "answers SELECT 1")
