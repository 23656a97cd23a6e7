"""One bad sample must not flip anything: how samples become a standing (service.md 6.4).

Counted in samples and in seconds, in both directions; both have to be reached. The kubelet's
failureThreshold multiplies on top. Rules: no clock, no I/O. The very first sample decides at once:
before it there is nothing to protect.
"""

from typing import NamedTuple


class Thresholds(NamedTuple):
    """When a standing flips: after `bad` samples in a row over `bad_seconds`, and back."""

    bad: int = 3
    bad_seconds: float = 0.0
    good: int = 1
    good_seconds: float = 0.0


class Standing:
    """Whether something passes, as its samples say; None before the first."""

    __slots__ = ("_against", "_since", "_thresholds", "ever_passed", "passing")

    def __init__(self, thresholds: Thresholds) -> None:
        """Not known yet."""
        self.passing: bool | None = None
        self.ever_passed = False
        self._thresholds = thresholds
        self._against = 0
        self._since = 0.0

    def sample(self, now: float, *, passed: bool) -> bool:
        """One more sample; answers whether the standing has changed."""
        self.ever_passed = self.ever_passed or passed
        if self.passing is None:
            self.passing = passed
            return True
        if passed == self.passing:
            self._against = 0
            return False
        if not self._against:
            self._since = now
        self._against += 1
        bounds = self._thresholds
        samples, seconds = (
            (bounds.bad, bounds.bad_seconds) if self.passing else (bounds.good, bounds.good_seconds)
        )
        if self._against < samples or now - self._since < seconds:
            return False
        self.passing = passed
        self._against = 0
        return True
