"""The memory of a process over its uptime, and when it first fills a bound.

Rules: memory is what counts against the limit (the working set), in bytes. Live memory never
shrinks; a collector's garbage lies on top of it and falls back to nothing at each collection. All
answers are exact up to the precision of a bisection (a microsecond), never sampled.
"""

from collections.abc import Callable
from math import ceil, floor, inf, log, log2

import msgspec

from holdfast.simulation.consumption import Growth, Memory, Shape

_LN2 = log(2.0)
_PRECISION = 1e-6
# Nothing that is simulated runs longer than this: 100 years in seconds.
_HORIZON = 100 * 365 * 86400.0


class MemoryCurve(msgspec.Struct, frozen=True):
    """One process. `rate` is the rate of this life, drawn once."""

    memory: Memory
    rate: float

    def live(self, uptime: float) -> float:
        """Bytes that no collection gives back."""
        return min(float(self.memory.start.amount) + self._grown(uptime), self._ceiling)

    def at(self, uptime: float) -> float:
        """Bytes in use."""
        garbage = self.memory.garbage
        if garbage is None:
            return self.live(uptime)
        share = (uptime % garbage.every.seconds) / garbage.every.seconds
        return min(self.live(uptime) + float(garbage.amount.amount) * share, self._ceiling)

    def live_reaches(self, bound: float) -> float:
        """The uptime at which live memory reaches so many bytes; infinite when it never does."""
        missing = bound - float(self.memory.start.amount)
        if missing <= 0:
            return 0.0
        return inf if bound > self._ceiling else self._grown_by(missing)

    def reaches(self, bound: float) -> float:
        """The first uptime at which that many bytes are in use; infinite when they never are."""
        garbage = self.memory.garbage
        latest = self.live_reaches(bound)
        if garbage is None or bound > self._ceiling:
            return latest
        amount, period = float(garbage.amount.amount), garbage.every.seconds
        # Before this, not even a full heap of garbage is enough.
        earliest = self.live_reaches(bound - amount)
        if earliest == inf:
            return inf
        start = floor(earliest / period) * period
        # The end of a tooth is exclusive: the collection has emptied it there.
        return _first(lambda t: self.in_tooth(t, start) >= bound, start, start + period)

    def in_tooth(self, uptime: float, tooth: float) -> float:
        """Bytes in use if no collection came after the one at `tooth`."""
        garbage = self.memory.garbage
        if garbage is None:
            return self.live(uptime)
        share = (uptime - tooth) / garbage.every.seconds
        return min(self.live(uptime) + float(garbage.amount.amount) * share, self._ceiling)

    def most(self, uptime: float) -> float:
        """Bytes in use with all the garbage that there can be."""
        garbage = self.memory.garbage
        amount = 0.0 if garbage is None else float(garbage.amount.amount)
        return min(self.live(uptime) + amount, self._ceiling)

    @property
    def _ceiling(self) -> float:
        return inf if self.memory.ceiling is None else float(self.memory.ceiling.amount)

    def _grown(self, uptime: float) -> float:
        growth = self.memory.growth
        return 0.0 if growth is None else grown(growth, self.rate, uptime)

    def _grown_by(self, amount: float) -> float:
        """The uptime at which so many bytes have been leaked."""
        growth = self.memory.growth
        if growth is None:
            return inf
        if growth.shape is Shape.STEPPED and growth.step is not None and growth.every is not None:
            if growth.step.amount <= 0:
                return inf
            steps = ceil(amount / float(growth.step.amount))
            return growth.begin.seconds + steps * growth.every.seconds
        if self.rate <= 0:
            return inf
        if growth.shape is Shape.CONSTANT:
            return growth.begin.seconds + amount / self.rate
        doubles = growth.doubles.seconds if growth.doubles is not None else inf
        return growth.begin.seconds + doubles * log2(1.0 + amount * _LN2 / (self.rate * doubles))


def grown(growth: Growth, rate: float, uptime: float) -> float:
    """What has come by that uptime, at a rate that was drawn once."""
    if uptime <= growth.begin.seconds:
        return 0.0
    passed = uptime - growth.begin.seconds
    if growth.shape is Shape.CONSTANT:
        return rate * passed
    if growth.shape is Shape.STEPPED and growth.step is not None and growth.every is not None:
        return float(growth.step.amount) * floor(passed / growth.every.seconds + _PRECISION)
    doubles = growth.doubles.seconds if growth.doubles is not None else inf
    # An exponent beyond the largest float means: more than any limit.
    power = min(passed / doubles, 1000.0)
    return rate * doubles / _LN2 * float(2.0**power - 1.0)


def together_reach(own: MemoryCurve, child: MemoryCurve | None, bound: float) -> float:
    """The first uptime at which a process and its child use that many bytes together."""
    if child is None:
        return own.reaches(bound)
    garbage = own.memory.garbage

    def may(uptime: float) -> bool:
        return own.most(uptime) + child.live(uptime) >= bound

    if not may(_HORIZON):
        return inf
    earliest = _first(may, 0.0, _HORIZON)
    if garbage is None:
        return earliest
    period = garbage.every.seconds
    start = floor(earliest / period) * period
    return _first(lambda t: own.in_tooth(t, start) + child.live(t) >= bound, start, start + period)


def _first(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The first moment at which something holds that stays true until `high`."""
    if holds(low):
        return low
    while high - low > _PRECISION:
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if holds(middle):
            high = middle
        else:
            low = middle
    return high
