"""Gathers what readers find, and becomes a Snapshot.

Rules: the same object read twice (must-gather repeats pods) counts once; the first reading wins,
because readers go from the richest file to the poorest. Gaps are kept in the order they were met.
"""

from typing import TypeVar

from holdfast.model.event import Event
from holdfast.model.instant import Instant
from holdfast.model.metadata import Metadata
from holdfast.model.node import Node
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Gap, Log, Snapshot
from holdfast.model.workload import Workload

T = TypeVar("T")


class Collector:
    """Mutable while reading; `snapshot()` freezes it."""

    def __init__(self) -> None:
        """Start empty."""
        self._pods: dict[str, Pod] = {}
        self._events: dict[str, Event] = {}
        self._nodes: dict[str, Node] = {}
        self._workloads: dict[str, Workload] = {}
        self._logs: list[Log] = []
        self._gaps: dict[Gap, None] = {}
        self._sources: dict[str, None] = {}
        self._origins: dict[str, str] = {}
        self._captured_at: Instant | None = None
        self.events_read = False

    def add_pod(self, pod: Pod, source: str) -> None:
        """A pod, or a pod template that was never applied (no status)."""
        self._add(self._pods, pod, pod.metadata, "Pod", source)

    def add_event(self, event: Event, source: str) -> None:
        """An event; call `events_read = True` for a list that was read, even an empty one."""
        self.events_read = True
        self._origins.setdefault("events", source)
        meta = event.metadata
        key = meta.uid or f"{meta.namespace}/{meta.name}"
        if key == "/":
            key = f"#{len(self._events)}"
        self._events.setdefault(key, event)

    def add_node(self, node: Node, source: str) -> None:
        """A node."""
        self._add(self._nodes, node, node.metadata, "Node", source)

    def add_workload(self, workload: Workload, source: str) -> None:
        """An owner of pods; its `kind` must be filled."""
        self._add(self._workloads, workload, workload.metadata, workload.kind, source)

    def add_log(self, log: Log) -> None:
        """One run's log of one container."""
        self._logs.append(log)

    def add_gap(self, gap: Gap) -> None:
        """Something that could not be read."""
        self._gaps.setdefault(gap)

    def add_source(self, source: str) -> None:
        """The name of an input that was examined, for the report."""
        self._sources.setdefault(source)

    def note_time(self, at: Instant | None) -> None:
        """A time at which the input is known to have existed; the latest one is the capture."""
        if at is not None and (self._captured_at is None or at > self._captured_at):
            self._captured_at = at

    @property
    def objects(self) -> int:
        """How many objects and logs were found: nothing found is an error of its own."""
        tables = (self._pods, self._events, self._nodes, self._workloads, self._logs)
        return sum(len(table) for table in tables)

    def snapshot(self) -> Snapshot:
        """Freeze."""
        return Snapshot(
            pods=tuple(self._pods.values()),
            events=tuple(self._events.values()),
            nodes=tuple(self._nodes.values()),
            workloads=tuple(self._workloads.values()),
            logs=tuple(self._logs),
            gaps=tuple(self._gaps),
            sources=tuple(self._sources),
            origins=self._origins,
            captured_at=self._captured_at,
            events_read=self.events_read,
        )

    def _add(self, table: dict[str, T], item: T, meta: Metadata, kind: str, source: str) -> None:
        place = f"{kind}/{meta.namespace or 'default'}/{meta.name}"
        if place not in table:
            table[place] = item
            self._origins[place] = source
