"""What a rehearsal saw, as somebody would have read it from a cluster afterwards.

Rules: statuses and events are those that the machine published, logs those that the programs wrote;
nothing is added but what the API server adds: times, the uid, the node.
"""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.outputs import PublishEvent, PublishStatus
from holdfast.kubelet.pod_status import api_time
from holdfast.model.container import ContainerKind
from holdfast.model.event import Event, EventSource, InvolvedObject
from holdfast.model.instant import Instant
from holdfast.model.metadata import Metadata
from holdfast.model.node import Node, NodeInfo, NodeStatus
from holdfast.model.pod import Pod, PodCondition, PodStatus
from holdfast.model.snapshot import Gap, Log, LogLife, Snapshot
from holdfast.model.workload import Workload
from holdfast.rehearsal.journal import Journal
from holdfast.rehearsal.seen import Seen, Wanted

NODE = "this-computer"
_SOURCE = "the rehearsal"


@dataclass
class Record:
    """Everything that was published, with its times."""

    pod: Pod
    created_at: float
    statuses: list[tuple[float, PodStatus]] = field(default_factory=list)
    events: list[tuple[float, PublishEvent]] = field(default_factory=list)
    deleted_at: float | None = None

    def watch(self, now: float, what: Seen) -> None:
        """Keep what the kubelet publishes."""
        output = what.output if isinstance(what, Wanted) else None
        if isinstance(output, PublishStatus):
            self.statuses.append((now, output.status))
        elif isinstance(output, PublishEvent):
            self.events.append((now, output))

    def snapshot(
        self,
        now: float,
        behaviour: Behaviour,
        journal: Journal,
        gaps: tuple[Gap, ...],
        workloads: tuple[Workload, ...],
    ) -> Snapshot:
        """What the API would answer now."""
        return Snapshot(
            pods=(self._pod(),),
            events=tuple(self._events()),
            nodes=(_node(behaviour),),
            workloads=workloads,
            logs=tuple(self._logs(journal)),
            gaps=gaps,
            sources=(_SOURCE,),
            captured_at=Instant(now),
            events_read=True,
        )

    def _pod(self) -> Pod:
        status = self.statuses[-1][1] if self.statuses else PodStatus(phase="Pending")
        metadata = msgspec.structs.replace(
            self.pod.metadata, creation_timestamp=api_time(self.created_at)
        )
        if self.deleted_at is not None:
            grace = self.pod.spec.grace_seconds
            metadata = msgspec.structs.replace(
                metadata,
                deletion_timestamp=api_time(self.deleted_at + grace),
                deletion_grace_period_seconds=grace,
            )
        spec = msgspec.structs.replace(self.pod.spec, node_name=NODE)
        status = msgspec.structs.replace(
            status,
            start_time=api_time(self.created_at),
            conditions=tuple(self._condition(each) for each in status.conditions or ()),
        )
        return msgspec.structs.replace(self.pod, metadata=metadata, spec=spec, status=status)

    def _condition(self, condition: PodCondition) -> PodCondition:
        """With the time since when it is as it is, which the API server notes."""
        since = self.created_at
        for at, status in reversed(self.statuses):
            older = next((c for c in status.conditions or () if c.type == condition.type), None)
            if older is None or older.status != condition.status:
                break
            since = at
        return msgspec.structs.replace(condition, last_transition_time=api_time(since))

    def _events(self) -> Iterable[Event]:
        """One object for each event, with its newest count."""
        first: dict[tuple[str, str, str], float] = {}
        newest: dict[tuple[str, str, str], tuple[float, PublishEvent]] = {}
        for at, event in self.events:
            key = (event.container, event.reason, event.message)
            first.setdefault(key, at)
            newest[key] = (at, event)
        for number, (key, (at, event)) in enumerate(newest.items()):
            yield Event(
                metadata=Metadata(
                    name=f"{self.pod.metadata.name}.{number}", namespace=self.pod.key.namespace
                ),
                involved_object=InvolvedObject(
                    kind="Pod",
                    namespace=self.pod.key.namespace,
                    name=self.pod.metadata.name,
                    uid=self.pod.metadata.uid,
                    field_path=self._field_path(event.container),
                ),
                type=event.type,
                reason=event.reason,
                message=event.message,
                count=event.count,
                first_timestamp=api_time(first[key]),
                last_timestamp=api_time(at),
                source=EventSource("kubelet", NODE),
            )

    def _field_path(self, container: str) -> str:
        for member in self.pod.members():
            if member.name == container:
                app = member.kind is ContainerKind.APP
                return f"spec.{'containers' if app else 'initContainers'}{{{container}}}"
        return ""

    def _logs(self, journal: Journal) -> Iterable[Log]:
        for container, lives in journal.lives.items():
            newest = lives[-1][0]
            for number, output in lives:
                yield Log(
                    lines=output.lines,
                    source=f"{container}, life {number + 1}",
                    life=LogLife.CURRENT if number == newest else LogLife.PREVIOUS,
                    namespace=self.pod.key.namespace,
                    pod=self.pod.metadata.name,
                    container=container,
                    uid=self.pod.metadata.uid,
                    restart=number,
                    truncated=output.truncated,
                )


def _node(behaviour: Behaviour) -> Node:
    """This computer, as a node of that version."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    capacity: dict[str, str | int | float] = {"cpu": os.cpu_count() or 1, "memory": memory}
    return Node(
        metadata=Metadata(name=NODE),
        status=NodeStatus(
            node_info=NodeInfo(
                kubelet_version=f"v{behaviour.version}.{behaviour.patch}",
                container_runtime_version="holdfast://1",
                architecture=machine,
                kernel_version=platform.release(),
            ),
            conditions=(PodCondition("Ready", "True"),),
            capacity=capacity,
            allocatable=capacity,
        ),
    )
