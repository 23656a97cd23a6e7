"""What replays of pods in virtual time came to: the input of every report about them.

Rules: a number over seeds is a median and the interval that holds nine tenths of them; what never
happened in a seed is counted as missing, not as zero. Times are seconds since the simulation began.
"""

from enum import StrEnum

import msgspec

from holdfast.model.timeline import Timeline


class Spread(msgspec.Struct, frozen=True):
    """A number over seeds. None where it never happened in half of them, or in none at the ends."""

    median: float | None
    low: float | None
    high: float | None
    missing: int = 0
    """In how many seeds it never happened."""


class Unit(StrEnum):
    """How a measure is written."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"


class Better(StrEnum):
    """Which way is the good one."""

    LESS = "less"
    MORE = "more"


class Measure(msgspec.Struct, frozen=True):
    """One number, before and, in a comparison, after."""

    name: str
    title: str
    unit: Unit
    better: Better
    before: Spread
    after: Spread | None = None


class Side(msgspec.Struct, frozen=True):
    """One replayed state of affairs, told in full for its first seed."""

    label: str
    ends: dict[str, float]
    """How containers ended, such as "app 137 OOMKilled": times per seed on average."""
    states: tuple[str, ...]
    """What the API showed of each pod at the end of the first seed: "api-0: Running, ready"."""
    timeline: Timeline
    story: tuple[str, ...]


class Simulated(msgspec.Struct, frozen=True):
    """The answer of `holdfast simulate`."""

    subject: str
    pods: int
    kubernetes: str
    seconds: float
    seed: int
    seeds: int
    changes: tuple[str, ...]
    measures: tuple[Measure, ...]
    sides: tuple[Side, ...]
    notes: tuple[str, ...] = ()
    command: str = ""
    """The command line that replays it."""

    @property
    def compared(self) -> bool:
        """Whether there is an "after"."""
        return len(self.sides) > 1
