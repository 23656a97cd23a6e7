"""The history of a pod's containers as lanes: what status and events still know, and no more.

Rules: the API keeps one ended life, so what lies before it is UNKNOWN, not empty. Events are marks
at their last time with their count; they are lower bounds (kubelet.md 10).
"""

from collections.abc import Iterator

from holdfast.diagnosis.crash import in_words
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.lives import Life
from holdfast.diagnosis.evidence.pod_events import named_container
from holdfast.model.event import Event
from holdfast.model.instant import Instant, parse_instant
from holdfast.model.timeline import Lane, Mark, Segment, SegmentKind, Timeline

_SHOWN_EVENTS = frozenset(
    {"Killing", "Unhealthy", "ProbeWarning", "BackOff", "Failed", "Evicted", "FailedPostStartHook",
     "FailedPreStopHook", "SystemOOM", "Preempting", "ExceededGracePeriod"}
)  # fmt: skip
_SEVERE_EVENTS = _SHOWN_EVENTS - {"BackOff", "ProbeWarning", "Unhealthy"}


def timeline_of(cases: list[Case], now: Instant | None) -> Timeline | None:
    """One lane for each container that has a history; None when no time is known at all."""
    start = _begin(cases)
    end = now if now is not None else _newest(cases)
    if start is None or end is None or end <= start:
        return None
    lanes = tuple(_lane(case, start, end) for case in cases if case.status is not None)
    return Timeline(start, end, lanes) if lanes else None


def _begin(cases: list[Case]) -> Instant | None:
    pod = cases[0].pod if cases else None
    if pod is None:
        return None
    known = [pod.created, parse_instant(pod.status.start_time)]
    known += [life.started for case in cases for life in case.lives]
    return min((at for at in known if at is not None), default=None)


def _newest(cases: list[Case]) -> Instant | None:
    known = [life.finished for case in cases for life in case.lives]
    known += [event.last for case in cases for event in case.events.all]
    return max((at for at in known if at is not None), default=None)


def _lane(case: Case, start: Instant, end: Instant) -> Lane:
    segments = tuple(s for s in _segments(case, start, end) if s.end > s.start)
    marks = sorted(_marks(case, start, end), key=lambda mark: (mark.at, mark.label))
    return Lane(case.name, segments, tuple(marks))


def _segments(case: Case, start: Instant, end: Instant) -> Iterator[Segment]:
    """From the left: what nobody kept, the ended life, the pause, the current life."""
    position = start
    for life in case.lives:
        if life.started is None or life.finished is None or life.finished < life.started:
            continue
        yield _before(case, position, life.started, first=position == start)
        yield Segment(life.started, life.finished, SegmentKind.RUNNING, _life_label(life))
        position = life.finished
    running = case.status.state.running if case.status else None
    begun = parse_instant(running.started_at) if running else None
    if begun is not None:
        yield _before(case, position, begun, first=position == start)
        ready = case.status is not None and case.status.ready
        kind = SegmentKind.RUNNING if ready else SegmentKind.NOT_READY
        yield Segment(begun, end, kind, f"runs for {in_words(end - begun)}")
    elif case.waiting_reason:
        backing_off = case.waiting_reason == "CrashLoopBackOff"
        kind = SegmentKind.BACK_OFF if backing_off else SegmentKind.WAITING
        yield Segment(position, end, kind, case.waiting_reason)
    elif case.lives:
        yield Segment(position, end, SegmentKind.ENDED, "ended, not started again")


def _before(case: Case, start: Instant, end: Instant, *, first: bool) -> Segment:
    """The stretch before a life: earlier lives that nobody kept, or the wait between two."""
    if not first:
        return Segment(start, end, SegmentKind.BACK_OFF, f"restarted after {in_words(end - start)}")
    earlier = case.restarts - (1 if case.lives else 0)
    if earlier > 0:
        return Segment(start, end, SegmentKind.UNKNOWN, f"{earlier} earlier lives, not kept")
    return Segment(start, end, SegmentKind.WAITING, "before its first start")


def _life_label(life: Life) -> str:
    return f"{life.reason or 'ended'}, exit code {life.exit_code}"


def _marks(case: Case, start: Instant, end: Instant) -> Iterator[Mark]:
    for life in case.lives:
        if life.finished is not None and start <= life.finished <= end:
            yield Mark(life.finished, f"exit {life.exit_code}", severe=bool(life.exit_code))
    for event in case.events.all:
        at = event.last
        if event.reason not in _SHOWN_EVENTS or at is None or not start <= at <= end:
            continue
        if named_container(event) in ("", case.name):
            severe = event.reason in _SEVERE_EVENTS
            yield Mark(at, _event_label(event), severe, event.times)


def _event_label(event: Event) -> str:
    return f"{event.reason}: {event.message}" if event.message else event.reason
