"""What processes take of memory and disk: parts of the workload language (docs/workloads.md).

Rules: as in `workload.py`, the text under a field is its documentation.
"""

from enum import StrEnum

import msgspec

from holdfast.model.duration import Duration
from holdfast.model.quantity import Quantity
from holdfast.simulation.distribution import Rate, constant
from holdfast.simulation.spell import Part

_NOTHING = constant(0.0)
_NO_TIME = Duration(0.0)


class Shape(StrEnum):
    """How memory grows."""

    CONSTANT = "constant"
    ACCELERATING = "accelerating"
    """`rate` doubles after each `doubles`."""
    STEPPED = "stepped"
    """`step` at once after each `every`."""


class Growth(Part, frozen=True, kw_only=True):
    """What is never given back: leaked memory, files that nobody deletes."""

    shape: Shape = Shape.CONSTANT
    """Constant, accelerating or stepped."""
    begin: Duration = msgspec.field(name="from", default=_NO_TIME)
    """The uptime at which it begins."""
    rate: Rate = _NOTHING
    """How fast, at first."""
    doubles: Duration | None = None
    """The time in which an accelerating rate doubles."""
    step: Quantity | None = None
    """The size of a step."""
    every: Duration | None = None
    """The time from step to step."""


class Garbage(Part, frozen=True, kw_only=True):
    """What a collector gives back: memory rises and falls like the teeth of a saw."""

    amount: Quantity
    """How much piles up between two collections."""
    every: Duration
    """The time from one collection to the next."""


class AtCeiling(StrEnum):
    """What a runtime does when live memory fills its heap."""

    STAY = "stay"
    """It keeps the rest out: a cache with a bound."""
    EXIT = "exit"
    """It ends with `exitCode` (OutOfMemoryError, heap limit)."""
    THRASH = "thrash"
    """It collects without end and answers nothing."""


class Memory(Part, frozen=True, kw_only=True):
    """The memory of a process that counts against the limit (working set)."""

    start: Quantity = Quantity.parse(0)
    """What it takes from the beginning on."""
    growth: Growth | None = None
    """What it leaks."""
    garbage: Garbage | None = None
    """What a collector gives back."""
    ceiling: Quantity | None = None
    """The bound of its heap, such as -Xmx or GOMEMLIMIT."""
    at_ceiling: AtCeiling = AtCeiling.STAY
    """What happens when live memory reaches it."""
    exit_code: int = 1
    """The exit code of `atCeiling: exit`."""


class Files(Part, frozen=True, kw_only=True):
    """What a process writes to one place, which counts as ephemeral storage."""

    start: Quantity = Quantity.parse(0)
    """What it writes as it starts."""
    growth: Growth | None = None
    """What it goes on writing."""
    most: Quantity | None = None
    """What it never exceeds: logs that are rotated, a cache with a bound."""


class Disk(Part, frozen=True, kw_only=True):
    """Files on the node's disk, which the kubelet's eviction manager counts (kubelet.md 6.4)."""

    layer: Files = Files()
    """In the container's own writable layer (logs count here as well); gone with the container."""
    empty_dirs: dict[str, Files] = msgspec.field(default_factory=dict)
    """By name of an emptyDir volume: what it adds there; a restart finds it again."""
