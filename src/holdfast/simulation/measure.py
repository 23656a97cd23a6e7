"""What a simulated pod did, in numbers: restarts, availability, time to ready.

Rules: everything is counted from published statuses, because that is what an operator sees; numbers
of several seeds are given as median and the interval that holds nine tenths of them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from holdfast.kubelet.outputs import PublishStatus
from holdfast.simulation.driver import Happening
from holdfast.simulation.process import End

_DAY_SECONDS = 86400.0
# Nine of ten seeds lie inside.
_LOW, _HIGH = 0.05, 0.95


class Run(msgspec.Struct, frozen=True):
    """One pod over one stretch of virtual time. Times are seconds; None where it never happened."""

    seconds: float
    restarts: int
    ready_seconds: float
    time_to_ready: float | None
    exit_codes: dict[int, int]

    @property
    def restarts_per_day(self) -> float:
        """Restarts, as a rate."""
        return self.restarts * _DAY_SECONDS / self.seconds

    @property
    def availability(self) -> float:
        """The share of the time in which the pod was ready."""
        return self.ready_seconds / self.seconds


class Spread(msgspec.Struct, frozen=True):
    """A number over seeds: median, and where nine tenths of the seeds lie."""

    median: float
    low: float
    high: float


def measure_run(trace: Iterable[Happening], pod: str, seconds: float) -> Run:
    """Count one pod of a trace."""
    restarts, ready, since, first = 0, 0.0, None, None
    codes: Counter[int] = Counter()
    for happening in trace:
        if happening.pod != pod:
            continue
        if isinstance(happening.what, End):
            codes[happening.what.exit_code] += 1
        if not isinstance(happening.what, PublishStatus):
            continue
        restarts = max(restarts, happening.what.restarts)
        is_ready = happening.what.is_ready
        if is_ready and since is None:
            since = happening.at
            first = happening.at if first is None else first
        elif not is_ready and since is not None:
            ready += happening.at - since
            since = None
    if since is not None:
        ready += seconds - since
    return Run(seconds, restarts, ready, first, dict(sorted(codes.items())))


def spread(values: Sequence[float]) -> Spread:
    """Median and interval of at least one value."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return Spread(
        ordered[round(last * 0.5)], ordered[round(last * _LOW)], ordered[round(last * _HIGH)]
    )
