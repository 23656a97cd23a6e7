"""aio-pika: a channel is opened and closed on the connection."""

from typing import Any

from holdfast.dependencies.verdict import CLOSED, UP, Verdict


def is_blocking(client: object) -> bool:
    """Never."""
    del client
    return False


async def ask(client: Any, timeout: float) -> Verdict:
    """The question; a robust connection that is down says so at once."""
    connected = getattr(client, "connected", None)
    if client.is_closed or (connected is not None and not connected.is_set()):
        return Verdict(CLOSED, "the connection is down")
    channel = client.channel()
    await channel.initialize(timeout)
    await channel.close()
    return Verdict(UP, "opens a channel")
