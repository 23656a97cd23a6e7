"""--timeout: gives up after so many seconds of real time, with exit code 124."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from holdfast.model.errors import TimeLimitError


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise TimeLimitError in the body when the seconds are over; None means no limit."""
    if seconds is None:
        yield
        return
    limit = seconds

    def expire(_signal: int, _frame: FrameType | None) -> None:
        raise TimeLimitError(
            "diagnosing",
            f"--timeout {limit:g}",
            "the time is over and the answer is not complete",
            "allow more time, or ask for less: one workload (why deploy/NAME), one namespace (-n)",
        )

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
