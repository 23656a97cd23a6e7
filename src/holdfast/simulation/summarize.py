"""Replays with many seeds into the numbers of a report.

Rules: a number over seeds is its median and the interval of nine tenths; what never happened counts
as later than everything. Before and after use the same seeds, so that they differ by the change
only.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from holdfast.model.instant import Instant
from holdfast.model.simulated import Better, Measure, Side, Spread, Unit
from holdfast.model.timeline import Timeline
from holdfast.simulation.replay import Replayed
from holdfast.simulation.scenario import Scenario
from holdfast.simulation.storage import writes

_DAY_SECONDS = 86400.0
# Nine of ten seeds lie inside.
_LOW, _HIGH = 0.05, 0.95


class _Number(NamedTuple):
    """One measure: how it is called, and how a replay tells it."""

    name: str
    title: str
    unit: Unit
    better: Better
    of: Callable[[Replayed], float | None]


def measures(
    scenario: Scenario, before: Sequence[Replayed], after: Sequence[Replayed] | None
) -> tuple[Measure, ...]:
    """The numbers that matter for a scenario; `before` holds at least one replay."""
    found = []
    for number in _numbers(scenario):
        first = spread([number.of(one) for one in before])
        second = spread([number.of(one) for one in after]) if after is not None else None
        found.append(Measure(number.name, number.title, number.unit, number.better, first, second))
    return tuple(found)


def side(label: str, replays: Sequence[Replayed]) -> Side:
    """One state of affairs; the first replay tells its story."""
    ends: Counter[str] = Counter()
    for one in replays:
        ends.update(one.measured.ends)
    first = replays[0]
    story = first.story
    if first.left_out:
        story = (*story, f"{first.left_out} more lines")
    return Side(
        label,
        {name: count / len(replays) for name, count in ends.most_common()},
        first.states,
        first.timeline or Timeline(Instant(0.0), Instant(0.0)),
        story,
    )


def spread(values: Sequence[float | None]) -> Spread:
    """Median and interval of at least one value; None stands for never."""
    ordered = sorted(inf if value is None else value for value in values)
    last = len(ordered) - 1
    low, median, high = (ordered[round(last * share)] for share in (_LOW, 0.5, _HIGH))
    missing = sum(value == inf for value in ordered)
    return Spread(_finite(median), _finite(low), _finite(high), missing)


def _finite(value: float) -> float | None:
    return None if value == inf else value


def _numbers(scenario: Scenario) -> Iterator[_Number]:
    less, more = Better.LESS, Better.MORE
    days = scenario.seconds / _DAY_SECONDS
    yield _Number(
        "restartsPerDay", "restarts per day", Unit.COUNT, less,
        lambda r: r.measured.restarts / days,
    )  # fmt: skip
    yield _Number(
        "readyShare", "pods ready", Unit.SHARE, more, lambda r: r.measured.ready_share
    )  # fmt: skip
    if scenario.subject.replicas > 1:
        yield _Number(
            "servedShare", "at least one pod ready", Unit.SHARE, more,
            lambda r: r.measured.served_share,
        )  # fmt: skip
    yield _Number(
        "timeToReadySeconds", "until all pods were ready", Unit.SECONDS, less,
        lambda r: r.measured.time_to_ready,
    )  # fmt: skip
    yield _Number(
        "firstRestartSeconds", "until the first restart", Unit.SECONDS, more,
        lambda r: r.measured.first_restart,
    )  # fmt: skip
    yield _Number(
        "backOffShare", "in CrashLoopBackOff", Unit.SHARE, less,
        lambda r: r.measured.back_off_seconds / max(r.measured.pod_seconds, 1.0),
    )  # fmt: skip
    yield _Number(
        "probeFailuresPerDay", "Unhealthy events per day", Unit.COUNT, less,
        lambda r: r.measured.probe_failures / days,
    )  # fmt: skip
    if scenario.nodes or writes(scenario.workload.containers):
        yield _Number("evictions", "evictions", Unit.COUNT, less, lambda r: r.measured.evictions)
    if scenario.nodes:
        yield _Number("pendingPods", "pods without a node", Unit.COUNT, less, lambda r: r.pending)
    if scenario.rollouts:
        yield _Number("rolloutSeconds", "length of a rollout", Unit.SECONDS, less, _rollout)
    if scenario.workload.traffic.per_second:
        when = " per rollout" if scenario.rollouts else ""
        rollouts = max(len(scenario.rollouts), 1)
        yield _Number(
            "requestsLost", f"requests lost{when}", Unit.COUNT, less,
            lambda r: r.loss.lost / rollouts if r.loss is not None else None,
        )  # fmt: skip
        yield _Number(
            "requestsCut", f"of them cut by an end{when}", Unit.COUNT, less,
            lambda r: r.loss.cut / rollouts if r.loss is not None else None,
        )  # fmt: skip


def _rollout(replayed: Replayed) -> float | None:
    """The longest one; never, if one was not complete."""
    times = [seconds for seconds in replayed.rollouts if seconds is not None]
    return max(times) if len(times) == len(replayed.rollouts) and times else None
