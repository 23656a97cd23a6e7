"""Answers what a rule asks the kubelet model: when does this pod's container end, if it behaves so?

Rules: everything else of the pod is well. Twenty seeds, because phases of probes decide; the worst
one is told, with its seed, so that it can be replayed. The answer is exact for what was asked and
says nothing about what was not.
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from holdfast.kubelet.admission import admit
from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.defaults import pull_policy
from holdfast.model.container import Container
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
_METADATA = Metadata(name="checked", namespace="default")


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


class Answers:
    """Asks under one version of the kubelet; the same question about the same pod is asked once."""

    def __init__(self, kubelet: Behaviour) -> None:
        """Nothing was asked yet."""
        self._kubelet = kubelet
        self._known: dict[tuple[bytes, str, float], tuple[Measured, ...]] = {}

    def answer(
        self, question: Question, before: PodSpec, after: PodSpec | None
    ) -> HazardReplay | None:
        """The replays of a pod before and after a change; None for a pod the API would refuse."""
        try:
            shown = self._measured(question, before)
            mended = self._measured(question, after) if after is not None else None
        except HoldfastError:
            return None
        seed = max(range(SEEDS), key=lambda number: shown[number].restarts)
        firsts = [one.first_restart for one in shown if one.first_restart is not None]
        return HazardReplay(
            told=question.told,
            seconds=question.seconds,
            version=str(self._kubelet.version),
            seed=seed,
            first_end=min(firsts, default=None),
            restarts_before=shown[seed].restarts,
            restarts_after=max(one.restarts for one in mended) if mended is not None else None,
        )

    def _measured(self, question: Question, spec: PodSpec) -> tuple[Measured, ...]:
        asked = _asked_about(admit(Pod(_METADATA, spec), self._kubelet))
        key = (msgspec.msgpack.encode(asked.spec), repr(question.workload), question.seconds)
        known = self._known.get(key)
        if known is None:
            scenario = Scenario(
                subject=Subject("Pod", asked),
                workload=question.workload,
                behaviour=self._kubelet,
                seconds=question.seconds,
            )
            known = tuple(replay(scenario, seed).measured for seed in range(SEEDS))
            self._known[key] = known
        return known


def _asked_about(pod: Pod) -> Pod:
    """A pod that was admitted, without what is well in every question: image, variables, mounts."""

    def stripped(containers: tuple[Container, ...]) -> tuple[Container, ...]:
        return tuple(
            msgspec.structs.replace(
                one,
                image="asked-about",
                image_pull_policy=one.image_pull_policy or pull_policy(one.image),
                command=None,
                args=None,
                env=None,
                env_from=None,
                volume_mounts=None,
            )
            for one in containers
        )

    spec = msgspec.structs.replace(
        pod.spec,
        containers=stripped(pod.spec.containers),
        init_containers=stripped(pod.spec.init_containers or ()) or None,
        volumes=None,
    )
    return msgspec.structs.replace(pod, spec=spec)
