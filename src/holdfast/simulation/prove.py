"""Proves a patch: the pod before and after it, under the same workload, in virtual time.

Rules: first the pod is broken by what the diagnosis says: no seed may restart any more. Then it is
broken by a hang that only a probe can end: what noticed it before must still do so. Then it is
broken by faults that end (endure.py): none may restart it more than before, and it must be ready
again afterwards. Where the diagnosis leaves a number open (how long a start would have taken that
was cut off), the greatest one for which the patch holds is looked for and told as what the proof
assumes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from holdfast.model.duration import Duration
from holdfast.model.proof import FaultTrial, PatchProof
from holdfast.model.simulated import Spread
from holdfast.simulation.endure import endure
from holdfast.simulation.measure import Measured
from holdfast.simulation.replay import replay
from holdfast.simulation.scenario import Scenario
from holdfast.simulation.spell import Lives
from holdfast.simulation.subject import Subject
from holdfast.simulation.summarize import spread
from holdfast.simulation.trial import Trial
from holdfast.simulation.workload import ContainerWorkload, OnTerm, Stuck, Workload

# How much may happen in all replays of one side together, so that a proof takes seconds; where a
# day is eventful, fewer seeds are replayed, and how many is told. What is proven is the side after;
# the side before only shows what it is compared with.
_HAPPENINGS_AFTER, _HAPPENINGS_BEFORE = 400_000, 60_000
_FEWEST_SEEDS = 10
_DAY_SECONDS = 86400.0
_TRIAL_SEEDS = 40
_TRIAL_SECONDS = 7200.0
_DETECTION_SEEDS = 20
# A hang begins when everything has long settled.
_HANG_SECONDS = 1200.0
_DETECTION_SECONDS = 7200.0
_LARGEST_FACTOR = 64.0
_STEPS = 7
# What forty seeds survive, two hundred may not: the phase of the probe decides.
_MARGIN = 0.97
_MOST_STEPS_BACK = 4


class Open(NamedTuple):
    """A number that the diagnosis leaves open. `workload` is the process for a value of it."""

    least: float
    workload: Callable[[float], Workload]
    told: Callable[[float], str]
    """What a value means: "that a start takes at most 58 s"."""


class Extent(NamedTuple):
    """How much is replayed: at most so many seeds of each side, and seconds."""

    seeds: int = 200
    seconds: float = 86400.0


def prove(
    trial: Trial, workload: Workload, told: str, assumes: str = "", extent: Extent | None = None
) -> PatchProof:
    """Replay before and after under a workload that is fully known."""
    extent = extent or Extent()
    after = _measure_after(trial, workload, extent)
    return _compare(trial, workload, after, (told, assumes), extent)


def prove_open(trial: Trial, number: Open, told: str) -> PatchProof:
    """As `prove`, for the greatest value of an open number for which the patch holds."""
    extent = Extent()
    value = _greatest(trial, number)
    for _ in range(_MOST_STEPS_BACK):
        after = _measure_after(trial, number.workload(value), extent)
        if value <= number.least or not any(one.restarts for one in after):
            break
        value = max(number.least, value * _MARGIN)
    return _compare(trial, number.workload(value), after, (told, number.told(value)), extent)


def restarts_per_day(trial: Trial, workload: Workload) -> tuple[Spread, Spread]:
    """Before and after, under a workload that the change may not survive; ten seeds each."""
    sides = [trial.scenario(one, workload, _DAY_SECONDS) for one in (trial.before, trial.after)]
    before, after = (_measure_within(side, _FEWEST_SEEDS, 0) for side in sides)
    return _restarts_per_day(before), _restarts_per_day(after)


def _measure_after(trial: Trial, workload: Workload, extent: Extent) -> list[Measured]:
    """All seeds, unless the first ten have shown already that every one restarts."""
    scenario = trial.scenario(trial.after, workload, extent.seconds)
    first = _measure_within(scenario, min(_FEWEST_SEEDS, extent.seeds), 0)
    if all(one.restarts for one in first):
        return first
    return _measure_within(scenario, extent.seeds, _HAPPENINGS_AFTER, first)


def _compare(
    trial: Trial,
    workload: Workload,
    after: Sequence[Measured],
    words: tuple[str, str],
    extent: Extent,
) -> PatchProof:
    scenario = trial.scenario(trial.before, workload, extent.seconds)
    before = _measure_within(scenario, extent.seeds, _HAPPENINGS_BEFORE)
    detects_before = _detection(trial, trial.before)
    detects_after = _detection(trial, trial.after)
    # What restarts anyway need not be broken to see that.
    restarts = any(one.restarts for one in after)
    faults = () if restarts else tuple(endure(trial, workload))
    because = next(_why_not(after, (detects_before, detects_after), faults), "")
    return PatchProof(
        holds=not because,
        because=because or "no seed restarts any more",
        told=words[0],
        assumes=words[1],
        seconds=extent.seconds,
        seeds_before=len(before),
        seeds_after=len(after),
        restarts_before=_restarts_per_day(before),
        restarts_after=_restarts_per_day(after),
        ready_before=spread([one.ready_share for one in before]),
        ready_after=spread([one.ready_share for one in after]),
        detects_before=detects_before,
        detects_after=detects_after,
        faults=faults,
    )


def _greatest(trial: Trial, number: Open) -> float:
    """The greatest value without a restart; the least one where there is none."""
    low, high = number.least, number.least
    while _survives(trial, number, high) and high < number.least * _LARGEST_FACTOR:
        low, high = high, high * 2.0
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _survives(trial, number, middle) else (low, middle)
    return low


def _survives(trial: Trial, number: Open, value: float) -> bool:
    scenario = trial.scenario(trial.after, number.workload(value), _TRIAL_SECONDS)
    return all(replay(scenario, seed).measured.restarts == 0 for seed in range(_TRIAL_SEEDS))


def _measure_within(
    scenario: Scenario, most_seeds: int, happenings: int, known: Sequence[Measured] = ()
) -> list[Measured]:
    """As many seeds as that many happenings allow; `known` are the first ones."""
    found = list(known) or [replay(scenario, 0).measured]
    allowed = happenings // max(found[0].happenings, 1)
    seeds = min(most_seeds, max(_FEWEST_SEEDS, allowed))
    return found + [replay(scenario, seed).measured for seed in range(len(found), seeds)]


def _restarts_per_day(measured: Sequence[Measured]) -> Spread:
    return spread([one.restarts * _DAY_SECONDS / one.seconds for one in measured])


def _detection(trial: Trial, subject: Subject) -> Spread | None:
    """How long a process that hangs for good lives on; None where no seed restarts it.

    The process that takes its place is well: the pod must be ready again.
    """
    hang = Stuck(begin=Duration(_HANG_SECONDS), lives=Lives.FIRST, obeys_term=True)
    stuck = ContainerWorkload(stuck=(hang,), on_term=OnTerm())
    workload = Workload(containers=dict.fromkeys(trial.broken, stuck))
    scenario = trial.scenario(subject, workload, _HANG_SECONDS + _DETECTION_SECONDS)
    measured = [replay(scenario, seed).measured for seed in range(_DETECTION_SEEDS)]
    times = [
        one.first_restart - _HANG_SECONDS if one.first_restart is not None else None
        for one in measured
    ]
    if any(time is None for time in times) or not all(one.ready_at_end for one in measured):
        return None
    return spread(times)


def _why_not(
    after: Sequence[Measured],
    detects: tuple[Spread | None, Spread | None],
    faults: Sequence[FaultTrial],
) -> Iterator[str]:
    """Every reason why a patch does not hold, the foremost first."""
    restarted = sum(one.restarts > 0 for one in after)
    if restarted:
        yield f"{restarted} of {len(after)} seeds still restart"
    if detects[0] is not None and detects[1] is None:
        yield "a process that hangs would no longer be restarted"
    for fault in faults:
        if not fault.recovers:
            yield f"{fault.container} does not recover when {fault.told}"
        elif fault.is_worse:
            yield f"{fault.container} would be restarted more often than before when {fault.told}"
