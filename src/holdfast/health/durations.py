"""How long one check takes: a histogram with fixed buckets, as OpenMetrics wants it."""

from bisect import bisect_left
from typing import Final

# From a kept local connection (0.05 ms, service.md 6.6) past the longest seed deadline (1.5 s).
BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds in seconds; a last bucket holds what is longer."""


class Durations:
    """Counts per bucket, and the sum of all."""

    __slots__ = ("counts", "sum_seconds")

    def __init__(self) -> None:
        """Nothing observed."""
        self.counts = [0] * (len(BUCKETS) + 1)
        self.sum_seconds = 0.0

    def observe(self, seconds: float) -> None:
        """One more run."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.sum_seconds += seconds

    @property
    def count(self) -> int:
        """How many runs."""
        return sum(self.counts)
