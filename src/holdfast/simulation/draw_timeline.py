"""The beginning of a replay as a timeline, one line for each container.

Rules: what the API showed makes the segments, what happened makes the marks. Times are seconds
since the replay began, written as instants of 1970, so that clocks show the time that has passed.
"""

import msgspec

from holdfast.kubelet.outputs import PublishEvent, PublishStatus
from holdfast.model.container import ContainerStatus
from holdfast.model.instant import Instant
from holdfast.model.timeline import Lane, Mark, Segment, SegmentKind, Timeline
from holdfast.simulation.driver import Happening
from holdfast.simulation.process import ChildKill, End

_CRASH_LOOP = "CrashLoopBackOff"
_TERMINATED = "terminated: "
_TOLD = ("Killing", "Evicted", "Preempting", "FailedPostStartHook", "FailedScheduling")
# A report stays one page: 300 kB (design: docs/architecture.md).
_MOST_SEGMENTS = 200
_MOST_LANES = 24


class _Row(msgspec.Struct):
    since: float
    kind: SegmentKind
    label: str
    segments: list[Segment] = msgspec.field(default_factory=list)
    marks: list[Mark] = msgspec.field(default_factory=list)


class TimelineDrawer:
    """Draws what is watched, until a time."""

    def __init__(self, start: float, seconds: float, *, pod_names: bool) -> None:
        """`pod_names` names lanes "pod/container" instead of "container"."""
        self._start = start
        self._seconds = seconds
        self._pod_names = pod_names
        self._rows: dict[str, _Row] = {}

    def watch(self, happening: Happening) -> None:
        """Take one thing that happened."""
        at = happening.at - self._start
        if at > self._seconds:
            return
        what = happening.what
        if isinstance(what, PublishStatus):
            status = what.status
            every = (*(status.init_container_statuses or ()), *(status.container_statuses or ()))
            for container in every:
                self._show(happening.pod, container, at)
        elif isinstance(what, End):
            text = f"exit {what.exit_code}{' OOMKilled' if what.oom else ''}"
            severe = what.exit_code != 0 or what.oom
            self._mark(happening.pod, happening.container, Mark(Instant(at), text, severe=severe))
        elif isinstance(what, ChildKill):
            mark = Mark(Instant(at), "a child was killed for memory", severe=True)
            self._mark(happening.pod, happening.container, mark)
        elif isinstance(what, PublishEvent) and what.reason in _TOLD:
            mark = Mark(Instant(at), f"{what.reason}: {what.message}")
            self._mark(happening.pod, what.container, mark)

    def finish(self) -> Timeline:
        """What was drawn."""
        end = Instant(self._seconds)
        lanes = []
        for name, row in self._rows.items():
            kind = SegmentKind.ENDED if row.label.startswith(_TERMINATED) else row.kind
            segments = [*row.segments, Segment(Instant(row.since), end, kind, row.label)]
            lanes.append(Lane(name, tuple(segments[:_MOST_SEGMENTS]), tuple(row.marks)))
        return Timeline(Instant(0.0), end, tuple(lanes[:_MOST_LANES]))

    def _show(self, pod: str, container: ContainerStatus, at: float) -> None:
        kind, label = _kind(container)
        name = self._name(pod, container.name)
        row = self._rows.get(name)
        if row is None:
            self._rows[name] = row = _Row(at, kind, label)
            if at > 0:
                before = Segment(Instant(0.0), Instant(at), SegmentKind.ENDED, "not created yet")
                row.segments.append(before)
        elif (row.kind, row.label) != (kind, label):
            row.segments.append(Segment(Instant(row.since), Instant(at), row.kind, row.label))
            row.since, row.kind, row.label = at, kind, label

    def _mark(self, pod: str, container: str, mark: Mark) -> None:
        for name in (self._name(pod, container), *self._rows):
            row = self._rows.get(name)
            if row is not None and (container or name.startswith(self._name(pod, ""))):
                row.marks.append(mark)
                return

    def _name(self, pod: str, container: str) -> str:
        return f"{pod.rpartition('/')[2]}/{container}" if self._pod_names else container


def _kind(container: ContainerStatus) -> tuple[SegmentKind, str]:
    state = container.state
    if state.running is not None:
        if container.ready:
            return SegmentKind.RUNNING, ""
        return SegmentKind.NOT_READY, "" if container.started else "not started"
    if state.terminated is not None:
        # Whether another life follows is not known yet.
        return SegmentKind.WAITING, f"{_TERMINATED}{state.terminated.reason}"
    reason = state.waiting.reason if state.waiting is not None else ""
    return (SegmentKind.BACK_OFF if reason == _CRASH_LOOP else SegmentKind.WAITING), reason
