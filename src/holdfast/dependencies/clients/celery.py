"""Celery: how many workers answer a ping.

Source: Celery documentation, "Monitoring and Management Guide", section "ping": all workers are
asked by one broadcast; waiting ends with the answer that is the last one wanted. A worker of the
pool `solo` does not answer while it runs a task.
"""

from typing import Any

from holdfast.dependencies.verdict import FAILING, UP, Verdict


def is_blocking(client: object) -> bool:
    """Always."""
    del client
    return True


def ask_blocking(client: Any, timeout: float, min_workers: int = 1) -> Verdict:
    """The question to an application."""
    # Half of the deadline: too few answers are an answer, not a frozen broker.
    replies = client.control.ping(timeout=timeout / 2, limit=min_workers) or []
    count = len(replies)
    if count < min_workers:
        return Verdict(FAILING, f"{count} workers answer a ping, {min_workers} wanted")
    return Verdict(UP, f"{count} workers answer a ping")
