"""Numbers that vary from one time to the next, as a workload gives them.

Rules: a distribution answers for a number in [0, 1) and holds no chance itself, so that the seed
lives in the driver. Every distribution has bounds: a log-normal is cut where one of a million draws
would lie beyond, because "this answer is never late" must be decidable.
"""

from enum import StrEnum
from math import log2
from statistics import NormalDist
from typing import Annotated

import msgspec

_NORMAL = NormalDist()
# One draw of a million lies beyond, on either side.
_CUT = 1e-6
_HALVINGS = 40
_P99 = _NORMAL.inv_cdf(0.99)
_WIDEST = _NORMAL.inv_cdf(1.0 - _CUT)


class Distribution(msgspec.Struct, frozen=True):
    """A number, or a law by which it varies; the unit is that of the field that holds it.

    `values` holds the points of an empirical law, or one constant; `median` and `sigma` are those
    of a log-normal; else the law is uniform from `low` to `high`.
    """

    low: float
    high: float
    median: float = 0.0
    sigma: float = 0.0
    values: tuple[float, ...] = ()

    def at(self, u: float) -> float:
        """The value that a share `u` of all draws lies below."""
        if self.low == self.high:
            return self.low
        if self.values:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        if self.sigma:
            share = min(max(u, _CUT), 1.0 - _CUT)
            return self.median * float(2.0 ** (self.sigma * _NORMAL.inv_cdf(share)))
        return self.low + (self.high - self.low) * u

    def share_below(self, bound: float) -> float:
        """A share of which it is sure that all draws of it are below a bound."""
        if self.high < bound:
            return 1.0
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            if self.at(middle) < bound:
                low = middle
            else:
                high = middle
        return low


def constant(value: float) -> Distribution:
    """Always the same."""
    return Distribution(value, value)


def uniform(low: float, high: float) -> Distribution:
    """Anything between two bounds, all alike."""
    return Distribution(low, high)


def log_normal(median: float, p99: float) -> Distribution:
    """Positive, with a long tail: half below the median, one of a hundred above `p99`."""
    if p99 == median:
        return constant(median)
    sigma = log2(p99 / median) / _P99
    spread = float(2.0 ** (sigma * _WIDEST))
    return Distribution(median / spread, median * spread, median, sigma)


def empirical(values: tuple[float, ...]) -> Distribution:
    """One of these, all alike; at least one value."""
    ordered = tuple(sorted(values))
    return Distribution(ordered[0], ordered[-1], values=ordered)


class Unit(StrEnum):
    """What the numbers of a distribution mean, and how they are written."""

    DURATION = "duration"
    """Seconds: "20ms", "40s", "5m"."""
    RATE = "rate"
    """Bytes per second: "1Mi/s", "20Mi/h"."""


Seconds = Annotated[Distribution, Unit.DURATION]
Rate = Annotated[Distribution, Unit.RATE]
