"""Answers what a rule asks the kubelet model: when does this pod's container end, if it behaves so?

Rules: everything else of the pod is well. Up to twenty seeds, because phases of probes decide; the
worst of those replayed is told, with its seed. The answer is exact for what was asked and says
nothing about what was not.
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from holdfast.kubelet.admission import admit
from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.defaults import pull_policy
from holdfast.model.container import Container, ContainerPort
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

# Phases of probes decide: a change must hold in all seeds, a hazard needs one that shows it.
SEEDS, SHOWN_BY = 20, 5
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
        self._known: dict[tuple[bytes, str], tuple[Measured, ...]] = {}

    def answer(
        self, question: Question, before: PodSpec, after: PodSpec | None
    ) -> HazardReplay | None:
        """The replays of a pod before and after a change; None for a pod the API would refuse."""
        try:
            shown = self._measured(question, before, SHOWN_BY)
            mended = self._measured(question, after, SEEDS) if after is not None else None
        except HoldfastError:
            return None
        seed = max(range(len(shown)), key=lambda number: shown[number].restarts)
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

    def _measured(self, question: Question, spec: PodSpec, enough: int) -> tuple[Measured, ...]:
        """All seeds, or `enough` of them if one shows a restart."""
        asked = _asked_about(admit(Pod(_METADATA, spec), self._kubelet), question)
        told = f"{asked.workload} {question.seconds} {enough}"
        key = (msgspec.msgpack.encode(asked.spec), told)
        known = self._known.get(key)
        if known is None:
            scenario = Scenario(
                subject=Subject("Pod", Pod(_METADATA, asked.spec)),
                workload=asked.workload,
                behaviour=self._kubelet,
                seconds=question.seconds,
            )
            known = tuple(replay(scenario, seed).measured for seed in range(enough))
            if not any(one.restarts for one in known):
                more = (replay(scenario, seed).measured for seed in range(enough, SEEDS))
                known = (*known, *more)
            self._known[key] = known
        return known


class _Asked(NamedTuple):
    """What decides an answer: pods that differ in nothing of it are asked about once."""

    spec: PodSpec
    workload: Workload


def _asked_about(pod: Pod, question: Question) -> _Asked:
    """A pod that was admitted, without names and what is well in every question: its image and
    where it is pulled, variables, mounts, the node, ports that no probe calls by their names.
    """
    spec = pod.spec
    names = {
        one.name: f"container-{number}"
        for number, one in enumerate((*(spec.init_containers or ()), *spec.containers))
    }

    def stripped(containers: tuple[Container, ...]) -> tuple[Container, ...]:
        return tuple(
            msgspec.structs.replace(
                one,
                name=names[one.name],
                image="asked-about",
                image_pull_policy=one.image_pull_policy or pull_policy(one.image),
                command=None,
                args=None,
                env=None,
                env_from=None,
                ports=_named_ports(one) or None,
                volume_mounts=None,
                security_context=None,
            )
            for one in containers
        )

    bare = msgspec.structs.replace(
        spec,
        containers=stripped(spec.containers),
        init_containers=stripped(spec.init_containers or ()) or None,
        volumes=None,
        security_context=None,
        service_account_name="",
        node_selector=None,
        tolerations=None,
        priority=None,
    )
    containers = {names.get(name, name): one for name, one in question.workload.containers.items()}
    return _Asked(bare, msgspec.structs.replace(question.workload, containers=containers))


def _named_ports(container: Container) -> tuple[ContainerPort, ...]:
    """The ports that probes and hooks call by their names."""
    handlers = (
        container.liveness_probe,
        container.readiness_probe,
        container.startup_probe,
        container.pre_stop,
        container.post_start,
    )
    actions = [action for h in handlers if h for action in (h.http_get, h.tcp_socket) if action]
    called = {action.port for action in actions}
    return tuple(port for port in container.ports or () if port.name in called)
