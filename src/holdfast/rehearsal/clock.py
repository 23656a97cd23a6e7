"""The time of a rehearsal: the date when it began, and from there a clock that never runs back."""

import time


class Clock:
    """Seconds since 1970, as the machine and the API count them."""

    def __init__(self, speed: float = 1.0, date: float | None = None) -> None:
        """Begin now, or at another date.

        A `speed` above 1 lets waits pass sooner where nothing real takes part: tests play stories
        of many minutes through the real driver.
        """
        self.speed = speed
        self._date = time.time() if date is None else date
        self._begun = time.monotonic()

    def now(self) -> float:
        """The present time."""
        return self._date + (time.monotonic() - self._begun) * self.speed

    def until(self, at: float) -> float:
        """How long to wait for a time, in seconds of the wall; never negative."""
        return max(0.0, (at - self.now()) / self.speed)
