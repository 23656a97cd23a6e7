"""What somebody measured of a container, beside what Kubernetes tells of it.

Rules: None is "not measured", and is never taken for nothing.
"""

from enum import StrEnum

import msgspec


class Disposition(StrEnum):
    """What a process does with a signal."""

    HANDLED = "handled"
    """It has a handler, or blocks the signal to wait for it."""
    IGNORED = "ignored"
    """It wants to hear nothing of it."""
    DEFAULT = "default"
    """It has said nothing: the kernel ends it, unless it is PID 1."""


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One container. `source` says who measured."""

    namespace: str
    pod: str
    container: str
    source: str
    growth_bytes_per_second: float | None = None
    """How fast its memory grew steadily, in the life that was longest; 0 where it did not."""
    throttled_share: float | None = None
    """Of the periods in which it wanted to run, those in which its CPU limit held it back."""
    memory_kills: int | None = None
    """How many processes of the life that runs the kernel has killed for memory."""
    on_sigterm: Disposition | None = None
    """What PID 1 had for SIGTERM when it was stopped."""
    answered_probes: tuple[str, ...] | None = None
    """Which of its probes ever got a good answer: liveness, readiness, startup."""
    listens_on: tuple[int, ...] | None = None
    """The TCP ports on which it accepted connections from outside, when last looked at."""
