"""Puts a pod through faults: what they restart before and after a change, and whether it recovers.

Rules: whether a change makes a pod more fragile is asked of a process that is well but for the
fault. Whether the pod recovers is asked of the process that the proof is about.
"""

from collections.abc import Iterator, Sequence

from holdfast.model.proof import FaultTrial
from holdfast.simulation.faults import SETTLE_SECONDS, TOTAL_SECONDS, Fault, faults_of
from holdfast.simulation.measure import Measured
from holdfast.simulation.replay import replay
from holdfast.simulation.subject import Subject
from holdfast.simulation.summarize import spread
from holdfast.simulation.trial import Trial
from holdfast.simulation.workload import Workload

_SEEDS = 10


def endure(trial: Trial, workload: Workload) -> Iterator[FaultTrial]:
    """Every fault that the containers of the trial can meet."""
    for container in trial.broken:
        for fault in faults_of(trial.after.pod, container):
            yield _endure(trial, workload, container, fault)


def _endure(trial: Trial, workload: Workload, container: str, fault: Fault) -> FaultTrial:
    well = fault.laid_over(Workload(), container)
    before = _measure(trial, trial.before, well)
    after = _measure(trial, trial.after, well)
    claimed = _measure(trial, trial.after, fault.laid_over(workload, container))
    everything = (*after, *claimed)
    return FaultTrial(
        container=container,
        told=fault.told,
        restarts_before=spread([float(one.restarts) for one in before]),
        restarts_after=spread([float(one.restarts) for one in after]),
        recovers=all(_recovers(one, fault) for one in everything),
        ready_again=spread([_ready_again(one, fault) for one in everything]),
        seeds=_SEEDS,
    )


def _measure(trial: Trial, subject: Subject, workload: Workload) -> Sequence[Measured]:
    scenario = trial.scenario(subject, workload, TOTAL_SECONDS)
    return [replay(scenario, seed).measured for seed in range(_SEEDS)]


def _recovers(measured: Measured, fault: Fault) -> bool:
    """Ready in the end, and no restart once every back-off was over."""
    last = measured.last_restart
    return measured.ready_at_end and (last is None or last < fault.end_seconds + SETTLE_SECONDS)


def _ready_again(measured: Measured, fault: Fault) -> float | None:
    """Seconds from the end of the fault until it was ready for good."""
    since = measured.ready_since
    return None if since is None else max(0.0, since - fault.end_seconds)
