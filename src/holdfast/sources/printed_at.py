"""When a `kubectl describe` text was printed, told from its events and absolute times.

An event of age a happened at "printing - a". A Started, Created or Pulled event cannot be later
than the newest start, a Killing event not later than the newest end; so each of them bounds the
printing from above, and the newest absolute time bounds it from below. Events are throttled
(kubelet.md 10), so the newest start may have none of its own: then the bound is not met, and the
lowest bound is the best estimate.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from holdfast.model.instant import Instant, parse_instant
from holdfast.model.pod import Pod
from holdfast.sources.event_table import Row

_NOT_AFTER_START = frozenset({"Started", "Created", "Pulled"})


class Printing(NamedTuple):
    """The bounds of the moment of printing; None where nothing tells."""

    earliest: Instant | None
    likely: Instant | None


def estimate_printing(pod: Pod, rows: Sequence[Row]) -> Printing:
    """The moment at which this pod was printed."""
    starts, ends = tuple(_starts(pod)), tuple(_ends(pod))
    began = parse_instant(pod.status.start_time)
    earliest = max((*starts, *ends, *([began] if began else [])), default=None)
    bounds = [
        newest + row.last_age
        for row in rows
        if row.exact and row.last_age is not None
        for newest in [_newest(row, pod, starts, ends)]
        if newest is not None
    ]
    if not bounds or earliest is None:
        return Printing(earliest, earliest)
    return Printing(earliest, Instant(max(earliest, min(bounds))))


def _newest(
    row: Row, pod: Pod, starts: Sequence[Instant], ends: Sequence[Instant]
) -> Instant | None:
    """The latest time at which the event can have happened, or None where nothing bounds it."""
    if row.reason in _NOT_AFTER_START:
        return max(starts, default=None)
    running = any(m.status.state.running for m in pod.members() if m.status)
    if row.reason in ("Killing", "Unhealthy") and not running:
        return max(ends, default=None)
    return None


def _starts(pod: Pod) -> Iterator[Instant]:
    for member in pod.members():
        for state in (member.status.state, member.status.last_state) if member.status else ():
            end = state.terminated.started if state.terminated else None
            running = parse_instant(state.running.started_at) if state.running else None
            yield from (at for at in (end, running) if at is not None)


def _ends(pod: Pod) -> Iterator[Instant]:
    for member in pod.members():
        for state in (member.status.state, member.status.last_state) if member.status else ():
            if state.terminated is not None and state.terminated.finished is not None:
                yield state.terminated.finished
