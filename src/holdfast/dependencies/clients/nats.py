"""nats-py: a flush, which is PING and PONG."""

from math import ceil
from typing import Any

from holdfast.dependencies.verdict import CLOSED, UP, Verdict


def is_blocking(client: object) -> bool:
    """Never."""
    del client
    return False


async def ask(client: Any, timeout: float) -> Verdict:
    """The question; the caller holds the deadline, flush takes whole seconds only."""
    if not client.is_connected:
        return Verdict(CLOSED, "the connection is down")
    await client.flush(timeout=ceil(timeout))
    return Verdict(UP, "answers PING")
