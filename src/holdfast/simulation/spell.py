"""When something holds: from a time on, until a time, or again and again.

Rules: a spell is measured on the process's own clock (its uptime) or on the world's (since the
simulation began); ends are exclusive. Where several spells speak of the same thing, the last one in
the list that holds decides.
"""

from collections.abc import Iterable
from enum import StrEnum
from math import floor, inf

import msgspec

from holdfast.model.duration import Duration

# Two moments this close are one: arithmetic with periods leaves such remainders.
_CLOSE = 1e-9


class Clock(StrEnum):
    """What times are counted from."""

    PROCESS = "process"
    """The start of the process: every life goes through the same."""
    WORLD = "world"
    """The start of the simulation: whoever lives then is hit."""


class Lives(StrEnum):
    """Which lives of a container it is about."""

    ALL = "all"
    FIRST = "first"
    LATER = "later"


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of a workload document: camel case where it is written."""


class Spell(Part, frozen=True, kw_only=True):
    """A stretch of time, or a row of them."""

    begin: Duration = msgspec.field(name="from", default=Duration(0.0))
    """When it begins."""
    end: Duration | None = msgspec.field(name="to", default=None)
    """When it ends for good; without `to` and `for` it never does."""
    length: Duration | None = msgspec.field(name="for", default=None)
    """How long it lasts."""
    every: Duration | None = None
    """Begins again after this time; needs `for`."""
    clock: Clock = Clock.PROCESS
    """Whether times are uptimes of the process or times of the world."""
    lives: Lives = Lives.ALL
    """Whether it holds in all lives of the container, the first one, or the later ones."""

    def holds(self, at: float, life: int) -> bool:
        """Whether it holds at a time of its clock."""
        if self.lives is not Lives.ALL and (self.lives is Lives.FIRST) != (life == 0):
            return False
        passed = at - self.begin.seconds
        if passed < 0 or (self.end is not None and at >= self.end.seconds):
            return False
        if self.length is None:
            return True
        if self.every is not None:
            passed = (passed + _CLOSE) % self.every.seconds
        return passed < self.length.seconds

    def next_change(self, at: float) -> float:
        """A time after `at` before which it neither begins nor ends; infinite when never again."""
        passed = at - self.begin.seconds
        if passed < 0:
            return self.begin.seconds
        if self.end is not None and at >= self.end.seconds:
            return inf
        last = inf if self.end is None else self.end.seconds
        if self.length is None:
            return last
        if self.every is None:
            end = self.begin.seconds + self.length.seconds
            return min(end, last) if at < end else inf
        rounds = floor(passed / self.every.seconds + _CLOSE)
        start = self.begin.seconds + rounds * self.every.seconds
        ends = start + self.length.seconds
        return min(last, ends if at < ends - _CLOSE else start + self.every.seconds)

    def next_begin(self, at: float, life: int) -> float:
        """The first time, `at` or later, at which it holds; infinite when it never will."""
        for _ in range(3):
            if self.holds(at, life):
                return at
            at = self.next_change(at)
            if at == inf:
                return inf
        return inf


def local(spell: Spell, uptime: float, started_at: float) -> float:
    """The time on the spell's clock, for a process that is so old and started then."""
    return uptime + started_at if spell.clock is Clock.WORLD else uptime


def any_holds(spells: Iterable[Spell], at: float) -> bool:
    """Whether one of the world's spells holds."""
    return any(spell.holds(at, 0) for spell in spells)


def change_after(spells: Iterable[Spell], uptime: float, started_at: float) -> float:
    """The uptime before which none of them begins or ends."""
    soonest = inf
    for spell in spells:
        change = spell.next_change(local(spell, uptime, started_at))
        if spell.clock is Clock.WORLD:
            change -= started_at
        soonest = min(soonest, change)
    return soonest
