"""Measurements as evidence for the diagnosis: what a cluster would not have told.

Rules: what has not been looked at long enough to tell stays None.
"""

from collections.abc import Iterator

from holdfast.kubelet.inputs import Outcome
from holdfast.model.measurement import Disposition, Measurement
from holdfast.model.pod import PodKey
from holdfast.rehearsal.measuring.growth import FEWEST_POINTS, find_growth
from holdfast.rehearsal.measuring.measurements import Measured, Measurements

_SOURCE = "the rehearsal"


def measurements_for(pod: PodKey, measurements: Measurements) -> Iterator[Measurement]:
    """One for each container that ran."""
    for name, lives in measurements.lives.items():
        yield Measurement(
            namespace=pod.namespace,
            pod=pod.name,
            container=name,
            source=_SOURCE,
            growth_bytes_per_second=_growth(lives),
            throttled_share=throttled_share(lives),
            memory_kills=_kills(lives[-1]),
            on_sigterm=_on_sigterm(lives),
            answered_probes=_answered(lives),
            listens_on=_listens_on(lives),
        )


def throttled_share(lives: list[Measured]) -> float | None:
    """Of all periods of the quota in which it wanted to run; None where there was none."""
    last = [life.used[-1][1] for life in lives if life.used]
    periods = sum(usage.periods for usage in last)
    return sum(usage.throttled_periods for usage in last) / periods if periods else None


def _growth(lives: list[Measured]) -> float | None:
    longest = max((life.used for life in lives), key=len)
    points = [(at, float(usage.memory_bytes)) for at, usage in longest if usage.memory_bytes]
    return find_growth(points).rate if len(points) >= FEWEST_POINTS else None


def _kills(life: Measured) -> int | None:
    """While it runs: at its end the runtime says it."""
    return life.used[-1][1].memory_kills if life.used and life.ended is None else None


def _on_sigterm(lives: list[Measured]) -> Disposition | None:
    stops = [life.stopped for life in lives if life.stopped is not None]
    return stops[-1].disposition if stops else None


def _answered(lives: list[Measured]) -> tuple[str, ...]:
    good = (Outcome.SUCCESS, Outcome.WARNING)
    kinds = {a.kind.value for life in lives for a in life.answers if a.reply.outcome in good}
    return tuple(sorted(kinds))


def _listens_on(lives: list[Measured]) -> tuple[int, ...] | None:
    """Of the newest life that listened: one that was killed before says nothing."""
    return next((life.serves for life in reversed(lives) if life.serves), None)
