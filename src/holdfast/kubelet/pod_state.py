"""Everything the kubelet knows of one pod: plain data that can be copied, compared and printed.

Rules: functions of the other modules change it; nothing here decides. Timers are the moments at
which something is due, by name.
"""

from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

import msgspec

from holdfast.kubelet.back_off import BackOff, crash_loop_back_off
from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.constants import BACK_OFF_CAP_SECONDS
from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.event_recorder import EventRecorder
from holdfast.kubelet.inputs import ProbeKind
from holdfast.kubelet.outputs import Output
from holdfast.kubelet.pod_actions import Kill
from holdfast.kubelet.pod_status import ContainerView, Facts
from holdfast.kubelet.probe_worker import ProbeWorker
from holdfast.kubelet.stopping import Stop
from holdfast.model.container import Container, ContainerKind
from holdfast.model.pod import Pod

Timer = tuple[str, ...]

SYNC: Timer = ("sync",)
REQUEUE: Timer = ("requeue",)
RELIST: Timer = ("relist",)
COLLECT: Timer = ("collect",)
DEADLINE: Timer = ("deadline",)


class MakeSandbox(NamedTuple):
    """A step of a sync: the sandbox that all containers share."""


class Start(NamedTuple):
    """A step of a sync: start this container unless it is backing off."""

    container: str


class KillAll(NamedTuple):
    """A step of a sync: stop and forget every container (RestartAllContainers)."""

    trigger: str


Step = MakeSandbox | Start | Kill | KillAll


@dataclass(slots=True)
class PodState:
    """One pod under one kubelet."""

    pod: Pod
    behaviour: Behaviour
    kubelet_started_at: float
    records: dict[str, ContainerRecord]
    back_off: BackOff
    image_back_off: BackOff = field(default_factory=BackOff)
    recorder: EventRecorder = field(default_factory=EventRecorder)
    workers: dict[tuple[str, ProbeKind], ProbeWorker] = field(default_factory=dict)
    stops: dict[str, Stop] = field(default_factory=dict)
    timers: dict[Timer, float] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)
    shown: dict[str, ContainerView] = field(default_factory=dict)
    """What the status manager has of each container: what is published, and what workers see."""
    published: tuple[tuple[ContainerView, ...], Facts] | None = None
    has_workers: bool = False
    has_sandbox: bool = False
    sandbox_unseen: bool = False
    restarting_all: bool = False
    # The sync in progress
    syncing: bool = False
    sync_pending: bool = False
    plan: list[Step] = field(default_factory=list)
    waits_for: tuple[str, str] | None = None
    acted: bool = False
    exits_before: dict[str, float] = field(default_factory=dict)
    back_off_left: list[float] = field(default_factory=list)
    start_failed: bool = False
    fresh_at: float = 0.0
    # The end of the pod
    deletion_grace: float | None = None
    grace_override: float | None = None
    end_reason: str = ""
    end_message: str = ""
    terminating: bool = False
    finished: bool = False

    def record_list(self) -> list[ContainerRecord]:
        """The containers in order of start."""
        return list(self.records.values())

    def worker(self, container: str, kind: ProbeKind) -> ProbeWorker | None:
        """The worker of a probe, or None."""
        return self.workers.get((container, kind))


def new_state(
    pod: Pod,
    behaviour: Behaviour,
    kubelet_started_at: float = -inf,
    back_off_cap_seconds: float = BACK_OFF_CAP_SECONDS,
) -> PodState:
    """A pod that the kubelet has just heard of."""
    records = {}
    for member in pod.members():
        if member.spec is not None and member.kind is not ContainerKind.EPHEMERAL:
            spec = known_spec(member.spec, member.kind, behaviour)
            records[member.name] = ContainerRecord(spec, member.kind)
    return PodState(
        pod,
        behaviour,
        kubelet_started_at,
        records,
        crash_loop_back_off(behaviour, back_off_cap_seconds),
        recorder=EventRecorder(behaviour.event_key_includes_type),
    )


def known_spec(spec: Container, kind: ContainerKind, behaviour: Behaviour) -> Container:
    """The container without fields that this version's API server drops (kubelet.md 13.2)."""
    if kind is ContainerKind.SIDECAR or behaviour.restart_rules or spec.restart_policy is None:
        return spec
    return msgspec.structs.replace(spec, restart_policy=None, restart_policy_rules=None)
