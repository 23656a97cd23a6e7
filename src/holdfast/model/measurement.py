"""What somebody measured of a container, beside what Kubernetes tells of it.

Rules: None is "not measured", and is never taken for nothing.
"""

import msgspec


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
    handles_sigterm: bool | None = None
    """Whether PID 1 had a handler for SIGTERM when it was stopped."""
