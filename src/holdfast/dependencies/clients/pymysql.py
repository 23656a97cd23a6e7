"""PyMySQL: a ping on a connection, without reconnecting."""

from typing import Any

from holdfast.dependencies.verdict import UP, Verdict


def is_blocking(client: object) -> bool:
    """Always."""
    del client
    return True


def ask_blocking(client: Any, timeout: float) -> Verdict:
    """The question."""
    del timeout
    client.ping(reconnect=False)
    return Verdict(UP, "answers a ping")
