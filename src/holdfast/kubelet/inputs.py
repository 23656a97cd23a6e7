"""What happens to a pod from outside: the words in which a driver tells the machine.

The machine has one method per input; this file holds the values that they carry.
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

Draw = Callable[[str], float]
"""Answers a number in [0, 1) for a named purpose: chance and its seed live in the driver."""


class Outcome(StrEnum):
    """What a probe came to (kubelet.md 1.8). Errors are discarded, a warning is a success."""

    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"
    WARNING = "warning"


class ProbeKind(StrEnum):
    """The three probes, in the order in which their workers are created (kubelet.md 1.2)."""

    STARTUP = "startup"
    READINESS = "readiness"
    LIVENESS = "liveness"


class HookKind(StrEnum):
    """Lifecycle hooks (kubelet.md 4.3)."""

    POST_START = "postStart"
    PRE_STOP = "preStop"


class Pull(msgspec.Struct, frozen=True):
    """An image that was fetched before a start; seconds, and bytes where they are known."""

    seconds: float
    seconds_including_waiting: float
    bytes: int | None = None
