"""Everything the kubelet knows of one pod: plain data that can be copied, compared and printed.

Rules: functions of the other modules change it; nothing here decides. Timers are the moments at
which something is due, by name.
"""

from math import inf

import msgspec

from holdfast.kubelet.back_off import BackOff, crash_loop_back_off
from holdfast.kubelet.back_off_key import back_off_key
from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.event_recorder import EventRecorder
from holdfast.kubelet.inputs import ProbeKind
from holdfast.kubelet.outputs import Output
from holdfast.kubelet.pod_actions import Kill
from holdfast.kubelet.pod_status import ContainerView, Facts
from holdfast.kubelet.pod_work import Wait, Work
from holdfast.kubelet.probe_worker import ProbeWorker
from holdfast.kubelet.restart_policy import RESTART_ALL
from holdfast.kubelet.stopping import Stop
from holdfast.model.container import Container, ContainerKind, Lifecycle
from holdfast.model.pod import Pod

Timer = tuple[str, ...]

SYNC: Timer = ("sync",)
REQUEUE: Timer = ("requeue",)
RELIST: Timer = ("relist",)
COLLECT: Timer = ("collect",)
DEADLINE: Timer = ("deadline",)
EXCEEDED: Timer = ("exceeded",)


class MakeSandbox(msgspec.Struct, frozen=True):
    """A step of a sync: the sandbox that all containers share."""


class Start(msgspec.Struct, frozen=True):
    """A step of a sync: start this container unless it is backing off."""

    container: str


class KillAll(msgspec.Struct, frozen=True):
    """A step of a sync: stop and forget every container (RestartAllContainers)."""

    trigger: str


Step = MakeSandbox | Start | Kill | KillAll


class PodState(msgspec.Struct):
    """One pod under one kubelet."""

    pod: Pod
    behaviour: Behaviour
    kubelet_started_at: float
    records: dict[str, ContainerRecord]
    back_off: BackOff
    image_back_off: BackOff = msgspec.field(default_factory=BackOff)
    pull_errors: dict[str, str] = msgspec.field(default_factory=dict)
    """By image: what the runtime said at the last attempt to pull it."""
    recorder: EventRecorder = msgspec.field(default_factory=EventRecorder)
    workers: dict[tuple[str, ProbeKind], ProbeWorker] = msgspec.field(default_factory=dict)
    stops: dict[str, Stop] = msgspec.field(default_factory=dict)
    timers: dict[Timer, float] = msgspec.field(default_factory=dict)
    outputs: list[Output] = msgspec.field(default_factory=list)
    shown: dict[str, ContainerView] = msgspec.field(default_factory=dict)
    """What the status manager has of each container: what is published, and what workers see."""
    published: tuple[tuple[ContainerView, ...], Facts] | None = None
    phase: str = ""
    """The phase of what was published last."""
    has_workers: bool = False
    has_sandbox: bool = False
    sandbox_unseen: bool = False
    restarting_all: bool = False
    # The sync in progress
    syncing: bool = False
    sync_pending: bool = False
    plan: list[Step] = msgspec.field(default_factory=list)
    waits_for: tuple[Wait, str] | None = None
    """What a step waits for, and of which container; "" is the pod."""
    acted: bool = False
    exits_before: dict[str, float] = msgspec.field(default_factory=dict)
    back_off_left: list[float] = msgspec.field(default_factory=list)
    start_failed: bool = False
    fresh_at: float = 0.0
    # The end of the pod
    deadline: float | None = None
    """When activeDeadlineSeconds is over."""
    deletion_grace: float | None = None
    grace_override: float | None = None
    end_reason: str = ""
    end_message: str = ""
    disrupted: bool = False
    work: Work = Work.SYNCING

    @property
    def terminating(self) -> bool:
        """Whether the pod is on its way out."""
        return self.work is not Work.SYNCING

    @property
    def finished(self) -> bool:
        """Whether nothing of it is left."""
        return self.work is Work.TERMINATED

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
    back_off_cap_seconds: float | None = None,
) -> PodState:
    """A pod that the kubelet has just heard of."""
    records = {}
    for member in pod.members():
        if member.spec is not None and member.kind is not ContainerKind.EPHEMERAL:
            kind = member.kind
            if kind is ContainerKind.SIDECAR and not behaviour.sidecars:
                kind = ContainerKind.INIT
            spec = known_spec(member.spec, kind, behaviour)
            key = back_off_key(pod, spec, behaviour)
            records[member.name] = ContainerRecord(spec, kind, key)
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
    if spec.restart_policy is not None and kind is not ContainerKind.SIDECAR:
        rules = spec.restart_policy_rules
        if not behaviour.restart_rules:
            spec = msgspec.structs.replace(spec, restart_policy=None, restart_policy_rules=None)
        elif rules and not behaviour.restart_all_containers:
            kept = tuple(rule for rule in rules if rule.action != RESTART_ALL)
            spec = msgspec.structs.replace(spec, restart_policy_rules=kept)
    lifecycle = spec.lifecycle
    if lifecycle is not None and not behaviour.sleep_action:
        spec = msgspec.structs.replace(spec, lifecycle=_without_sleep(lifecycle))
    return spec


def _without_sleep(lifecycle: Lifecycle) -> Lifecycle:
    post, pre = lifecycle.post_start, lifecycle.pre_stop
    return msgspec.structs.replace(
        lifecycle,
        post_start=None if post is not None and post.sleep is not None else post,
        pre_stop=None if pre is not None and pre.sleep is not None else pre,
    )
