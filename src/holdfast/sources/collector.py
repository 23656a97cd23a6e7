"""Gathers what readers find, and becomes a Snapshot.

Rules: the same object read twice (must-gather repeats pods) counts once; the first reading wins,
because readers go from the richest file to the poorest. Events that were read from text have no
uid to tell them apart, so for each object only those of the richest source stay. Gaps are kept in
the order they were met.
"""

from collections import Counter
from enum import IntEnum
from typing import TypeVar

import msgspec

from holdfast.model.event import Event
from holdfast.model.instant import Instant, parse_instant
from holdfast.model.metadata import Metadata
from holdfast.model.node import Node
from holdfast.model.pod import Pod, PodKey
from holdfast.model.snapshot import Gap, Log, Snapshot
from holdfast.model.workload import Workload
from holdfast.sources.fill_in import fill_in

T = TypeVar("T")


class Richness(IntEnum):
    """How much a source of events tells; the lowest number counts."""

    OBJECT = 0
    DESCRIBED = 1
    TABLE = 2


class Collector:
    """Mutable while reading; `snapshot()` freezes it."""

    def __init__(self) -> None:
        """Start empty."""
        self._pods: dict[str, Pod] = {}
        self._events: dict[str, tuple[Richness, Event]] = {}
        self._nodes: dict[str, Node] = {}
        self._workloads: dict[str, Workload] = {}
        self._logs: list[Log] = []
        self._gaps: dict[Gap, None] = {}
        self._sources: dict[str, None] = {}
        self._origins: dict[str, str] = {}
        self._newest = ""
        self._captured_at: Instant | None = None
        self.events_read = False
        self.skipped: Counter[str] = Counter()
        """Objects of kinds that a diagnosis does not use, by kind."""

    def add_pod(self, pod: Pod, source: str) -> None:
        """A pod, or a pod manifest that was never applied (no status).

        A pod without its specification (names of log files, tables) gives way to one with it. Two
        readings of one pod make one specification: a client leaves out fields it does not know.
        """
        namespace, name = pod.key
        place = f"Pod/{namespace}/{name}"
        known = self._pods.get(place)
        if known is not None and not known.spec.containers and pod.spec.containers:
            del self._pods[place]
        elif known is not None and known.metadata.uid == pod.metadata.uid != "":
            spec = fill_in(known.spec, pod.spec)
            self._pods[place] = msgspec.structs.replace(known, spec=spec)
        self._add(self._pods, pod, pod.metadata, "Pod", source)

    def add_event(self, event: Event, source: str, richness: Richness = Richness.OBJECT) -> None:
        """An event; set `events_read` for a list that was read, even an empty one."""
        self.events_read = True
        self._origins.setdefault("events", source)
        meta = event.metadata
        key = meta.uid or (f"{meta.namespace}/{meta.name}" if meta.name else "")
        self._events.setdefault(key or f"#{len(self._events)}", (richness, event))

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

    def note_timestamp(self, text: str | None) -> None:
        """As `note_time`, for a timestamp of the API; cheap enough for every object of a cluster.

        Such timestamps are RFC 3339 in UTC, so their order is that of their text.
        """
        if text and text > self._newest and text[-1] == "Z" and text[0] == "2":
            self._newest = text

    @property
    def objects(self) -> int:
        """How many objects and logs were found: nothing found is an error of its own."""
        tables = (self._pods, self._events, self._nodes, self._workloads, self._logs)
        return sum(len(table) for table in tables)

    @property
    def pods(self) -> tuple[Pod, ...]:
        """The pods found so far: names of log files are matched against them."""
        return tuple(self._pods.values())

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """The owners found so far, oldest reading first: their own owners are read next."""
        return tuple(self._workloads.values())

    def snapshot(self) -> Snapshot:
        """Freeze."""
        self.note_time(parse_instant(self._newest))
        return Snapshot(
            pods=tuple(self._pods.values()),
            events=self._richest_events(),
            nodes=tuple(self._nodes.values()),
            workloads=tuple(self._workloads.values()),
            logs=tuple(self._logs),
            gaps=tuple(self._gaps),
            sources=tuple(self._sources),
            origins=self._origins,
            captured_at=self._captured_at,
            events_read=self.events_read,
        )

    def _richest_events(self) -> tuple[Event, ...]:
        best: dict[tuple[str, PodKey], Richness] = {}
        for richness, event in self._events.values():
            about = _about(event)
            best[about] = min(richness, best.get(about, richness))
        return tuple(e for r, e in self._events.values() if r == best[_about(e)])

    def _add(self, table: dict[str, T], item: T, meta: Metadata, kind: str, source: str) -> None:
        place = f"{kind}/{meta.namespace or 'default'}/{meta.name}"
        if place not in table:
            table[place] = item
            self._origins[place] = source


def _about(event: Event) -> tuple[str, PodKey]:
    involved = event.involved_object
    return involved.kind, PodKey(involved.namespace or "default", involved.name)
