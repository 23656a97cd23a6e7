"""Indexes over one snapshot, built once and shared by all cases."""

from collections import defaultdict
from functools import cached_property

from holdfast.diagnosis.evidence.bursts import Burst, find_bursts
from holdfast.diagnosis.evidence.kernel_log import NodeKill, read_kills
from holdfast.diagnosis.evidence.log_lines import LogMatch, Owned, match_log
from holdfast.diagnosis.evidence.pod_events import PodEvents
from holdfast.model.event import Event
from holdfast.model.instant import Instant
from holdfast.model.measurement import Measurement
from holdfast.model.node import KubernetesVersion, Node, parse_version
from holdfast.model.pod import Pod, PodKey
from holdfast.model.snapshot import Gap, Log, Snapshot
from holdfast.model.workload import Workload


class Context:
    """Everything around a pod: its node, owners, neighbours, events and logs."""

    def __init__(self, snapshot: Snapshot, signatures: tuple[Owned, ...]) -> None:
        """Index a snapshot. `signatures` are those of every cause, see log_lines.py."""
        self.snapshot = snapshot
        self.signatures = signatures
        self.nodes: dict[str, Node] = {node.metadata.name: node for node in snapshot.nodes}
        self._events: defaultdict[PodKey, list[Event]] = defaultdict(list)
        self._other_events: list[Event] = []
        for event in snapshot.events:
            involved = event.involved_object
            if involved.kind == "Pod":
                self._events[PodKey(involved.namespace or "default", involved.name)].append(event)
            else:
                self._other_events.append(event)
        self._logs: defaultdict[PodKey, list[Log]] = defaultdict(list)
        for log in snapshot.logs:
            self._logs[PodKey(log.namespace or "default", log.pod)].append(log)
        self._measurements = {(m.namespace, m.pod, m.container): m for m in snapshot.measurements}

    @property
    def now(self) -> Instant | None:
        """When the snapshot was taken, or None where nothing tells."""
        return self.snapshot.captured_at

    def events_of(self, pod: Pod) -> PodEvents:
        """The pod's own events."""
        return PodEvents(pod, self._events.get(pod.key, ()), self._events_source)

    def logs_of(self, pod: Pod) -> tuple[Log, ...]:
        """Logs of the pod's containers; a log of another uid belongs to a former pod."""
        uid = pod.metadata.uid
        named = [log for log in self._logs.get(pod.key, ()) if not log.uid or log.uid == uid]
        return tuple(named) + self._pasted_logs

    def object_events(self, kind: str, name: str, namespace: str = "") -> tuple[Event, ...]:
        """Events of any object that is not a pod: nodes, ReplicaSets, Jobs."""
        return tuple(
            event
            for event in self._events_by_kind.get(kind, {}).get(name, ())
            if (not namespace or (event.involved_object.namespace or "default") == namespace)
        )

    def kind_events(self, kind: str) -> tuple[Event, ...]:
        """All events about objects of a kind that is not Pod."""
        by_name = self._events_by_kind.get(kind, {})
        return tuple(event for events in by_name.values() for event in events)

    def measurement_of(self, pod: Pod, container: str) -> Measurement | None:
        """What was measured of a container, or None where nobody measured."""
        return self._measurements.get((*pod.key, container))

    def node_of(self, pod: Pod) -> Node | None:
        """The node the pod runs on, where it was read."""
        return self.nodes.get(pod.spec.node_name)

    def version_of(self, pod: Pod) -> KubernetesVersion | None:
        """The kubelet's version on the pod's node, or None where it is not known."""
        node = self.node_of(pod)
        return parse_version(node.status.node_info.kubelet_version) if node else None

    def runtime_of(self, pod: Pod) -> str:
        """ "containerd", "cri-o", "docker" or "" where it is not known."""
        node = self.node_of(pod)
        if node is not None and "://" in node.status.node_info.container_runtime_version:
            return node.status.node_info.container_runtime_version.partition("://")[0]
        for status in pod.status.container_statuses or ():
            if "://" in status.container_id:
                return status.container_id.partition("://")[0]
        return ""

    def owner_chain(self, pod: Pod) -> tuple[tuple[str, str], ...]:
        """(kind, name) from the direct owner to the top, as far as it was read."""
        chain: list[tuple[str, str]] = []
        reference = pod.metadata.controller
        while reference is not None and (reference.kind, reference.name) not in chain:
            chain.append((reference.kind, reference.name))
            parent = self.workload(reference.kind, pod.key.namespace, reference.name)
            reference = parent.metadata.controller if parent else None
        return tuple(chain)

    def workload(self, kind: str, namespace: str, name: str) -> Workload | None:
        """An owner object, or None where it was not read."""
        return self._workloads.get((kind, namespace, name))

    def template_owner(self, pod: Pod) -> Workload | None:
        """The highest owner with a pod template: what a patch must change."""
        found = None
        for kind, name in self.owner_chain(pod):
            workload = self.workload(kind, pod.key.namespace, name)
            if workload is not None and workload.spec.template is not None:
                found = workload
        return found

    def sisters(self, workload: Workload) -> tuple[Workload, ...]:
        """The other workloads with the same owner: the other ReplicaSets of a Deployment."""
        owner = workload.metadata.controller
        if owner is None:
            return ()
        owned = self._workloads_by_owner[owner.uid or owner.name]
        return tuple(other for other in owned if other is not workload)

    def owned_pods(self, workload: Workload) -> tuple[Pod, ...]:
        """The pods that a workload owns directly."""
        by_uid = self._by_owner.get(workload.metadata.uid, ()) if workload.metadata.uid else ()
        return tuple(by_uid or self._by_owner.get(workload.metadata.name, ()))

    def siblings(self, pod: Pod) -> tuple[Pod, ...]:
        """The other pods with the same direct owner."""
        owner = pod.metadata.controller
        if owner is None:
            return ()
        return tuple(p for p in self._by_owner[owner.uid or owner.name] if p is not pod)

    def pods_on(self, node_name: str) -> tuple[Pod, ...]:
        """All pods that were read and run on a node."""
        return tuple(self._by_node.get(node_name, ())) if node_name else ()

    def node_matches(self, node_name: str) -> tuple[LogMatch, ...]:
        """Signature matches in the logs of a node: its kernel, kubelet and runtime."""
        return self._node_matches.get(node_name, ()) if node_name else ()

    def gaps_of(self, pod: Pod) -> tuple[Gap, ...]:
        """What could not be read about this pod in particular."""
        return tuple(gap for gap in self.snapshot.gaps if gap.pod == pod.key)

    def burst_of(self, pod: Pod, container: str) -> Burst | None:
        """The burst that the last end of a container belongs to, or None."""
        return self._burst_by_member.get((pod.key, container))

    @cached_property
    def bursts(self) -> tuple[Burst, ...]:
        """Many ends within a minute (causes.md 6.5)."""
        return find_bursts(self.snapshot.pods)

    @cached_property
    def _burst_by_member(self) -> dict[tuple[PodKey, str], Burst]:
        return {
            (member.pod.key, member.container): burst
            for burst in self.bursts
            for member in burst.members
        }

    @cached_property
    def _workloads(self) -> dict[tuple[str, str, str], Workload]:
        return {
            (w.kind, w.metadata.namespace or "default", w.metadata.name): w
            for w in self.snapshot.workloads
        }

    @cached_property
    def _workloads_by_owner(self) -> defaultdict[str, list[Workload]]:
        found: defaultdict[str, list[Workload]] = defaultdict(list)
        for workload in self.snapshot.workloads:
            owner = workload.metadata.controller
            if owner is not None:
                found[owner.uid or owner.name].append(workload)
        return found

    @cached_property
    def _events_by_kind(self) -> dict[str, dict[str, list[Event]]]:
        found: dict[str, dict[str, list[Event]]] = {}
        for event in self._other_events:
            by_name = found.setdefault(event.involved_object.kind, {})
            by_name.setdefault(event.involved_object.name, []).append(event)
        return found

    @cached_property
    def kernel_kills(self) -> tuple[NodeKill, ...]:
        """Every kill for memory that the logs of nodes tell of."""
        return read_kills(self.snapshot.logs)

    @cached_property
    def _node_matches(self) -> dict[str, tuple[LogMatch, ...]]:
        found: dict[str, tuple[LogMatch, ...]] = {}
        for log in self.snapshot.logs:
            if log.node and not log.pod:
                known = found.get(log.node, ())
                found[log.node] = (*known, *match_log(log, self.signatures))
        return found

    @cached_property
    def _by_owner(self) -> defaultdict[str, list[Pod]]:
        found: defaultdict[str, list[Pod]] = defaultdict(list)
        for pod in self.snapshot.pods:
            owner = pod.metadata.controller
            if owner is not None:
                found[owner.uid or owner.name].append(pod)
        return found

    @cached_property
    def _by_node(self) -> defaultdict[str, list[Pod]]:
        found: defaultdict[str, list[Pod]] = defaultdict(list)
        for pod in self.snapshot.pods:
            found[pod.spec.node_name].append(pod)
        return found

    @cached_property
    def _pasted_logs(self) -> tuple[Log, ...]:
        # A log that was pasted without a name belongs to the only pod there is, if there is one.
        if len(self.snapshot.pods) != 1:
            return ()
        return tuple(log for log in self.snapshot.logs if not log.pod and not log.node)

    @cached_property
    def _events_source(self) -> str:
        return self.snapshot.origins.get("events", "events")
