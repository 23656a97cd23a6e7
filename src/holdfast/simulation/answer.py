"""Answers what a rule asks the kubelet model: when does this pod's container end, if it behaves so?

Rules: everything else of the pod is well. Twenty seeds, because phases of probes decide; the worst
one is told, with its seed, so that it can be replayed. The answer is exact for what was asked and
says nothing about what was not.
"""

from collections.abc import Mapping
from typing import NamedTuple

from holdfast.kubelet.admission import admit
from holdfast.kubelet.behaviour import Behaviour
from holdfast.model.errors import HoldfastError
from holdfast.model.hazard import HazardReplay
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod, PodSpec
from holdfast.simulation.measure import Measured
from holdfast.simulation.read_workload import read_workload
from holdfast.simulation.replay import replay
from holdfast.simulation.scenario import Scenario
from holdfast.simulation.subject import Subject
from holdfast.simulation.workload import Workload

SEEDS = 20


class Question(NamedTuple):
    """What the processes of a pod do, for so many seconds, and how that is said."""

    told: str
    workload: Workload
    seconds: float


def question_of(
    container: str, behaves: Mapping[str, object], told: str, seconds: float
) -> Question:
    """About one container. `behaves` is its part of a workload (docs/workloads.md).

    Raises WorkloadError for what is no workload.
    """
    value = {"apiVersion": "holdfast/v1", "kind": "Workload", "containers": {container: behaves}}
    return Question(told, read_workload(value, "the rule"), seconds)


def answer(
    question: Question, before: PodSpec, after: PodSpec | None, kubelet: Behaviour
) -> HazardReplay | None:
    """The replays of a pod before and after a change; None for a pod the API would refuse."""

    def measured(spec: PodSpec) -> list[Measured]:
        pod = admit(Pod(Metadata(name="checked", namespace="default"), spec), kubelet)
        scenario = Scenario(
            subject=Subject("Pod", pod),
            workload=question.workload,
            behaviour=kubelet,
            seconds=question.seconds,
        )
        return [replay(scenario, seed).measured for seed in range(SEEDS)]

    try:
        shown = measured(before)
        mended = measured(after) if after is not None else None
    except HoldfastError:
        return None
    seed = max(range(SEEDS), key=lambda number: shown[number].restarts)
    firsts = [one.first_restart for one in shown if one.first_restart is not None]
    return HazardReplay(
        told=question.told,
        seconds=question.seconds,
        version=str(kubelet.version),
        seed=seed,
        first_end=min(firsts, default=None),
        restarts_before=shown[seed].restarts,
        restarts_after=max(one.restarts for one in mended) if mended is not None else None,
    )
