"""--timeout: gives up after so many seconds of real time, with exit code 124."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from holdfast.model.errors import TimeLimitError

_ADVICE = "ask for less: one workload (why deploy/NAME), one namespace (-n)"


@contextmanager
def time_limit(
    seconds: float | None, doing: str = "diagnosing", advice: str = _ADVICE
) -> Iterator[None]:
    """Raise TimeLimitError in the body when the seconds are over; None means no limit."""
    if seconds is None:
        yield
        return
    limit = seconds

    def expire(_signal: int, _frame: FrameType | None) -> None:
        raise TimeLimitError(
            doing,
            f"--timeout {limit:g}",
            "the time is over and the answer is not complete",
            f"allow more time, or {advice}",
        )

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
