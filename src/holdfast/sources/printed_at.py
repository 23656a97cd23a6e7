"""When a `kubectl describe` text was printed, told from its events and absolute times.

An event of age a happened at "printing - a", and the newest Started event tells of the newest start
- if the kubelet wrote an event for every start. It writes 25 per pod and then one in five minutes
(kubelet.md 10), so this holds only while the event was counted as often as containers were started.
Otherwise nothing dates the ages, and events get no times rather than wrong ones.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from holdfast.model.instant import Instant, parse_instant
from holdfast.model.pod import Pod
from holdfast.sources.event_table import Row

_AT_START = ("Started", "Created", "Pulled")


class Printing(NamedTuple):
    """`earliest` is the newest absolute time in the text; `moment` is known to about a second."""

    earliest: Instant | None
    moment: Instant | None


def estimate_printing(pod: Pod, rows: Sequence[Row]) -> Printing:
    """The moment at which this pod was printed; None for what nothing tells."""
    times = tuple(_times(pod))
    starts = tuple(_starts(pod))
    earliest = max(times, default=None)
    expected = sum(1 + m.status.restart_count for m in pod.members() if m.status is not None)
    for reason in _AT_START:
        told = [row for row in rows if row.reason == reason]
        newest = min((row.last_age for row in told if row.exact and row.last_age is not None),
                     default=None)  # fmt: skip
        if newest is not None and starts and sum(row.times for row in told) == expected:
            derived = Instant(max(starts) + newest)
            return Printing(max(derived, earliest or derived), max(derived, earliest or derived))
    return Printing(earliest, None)


def _starts(pod: Pod) -> Iterator[Instant]:
    for member in pod.members():
        for state in (member.status.state, member.status.last_state) if member.status else ():
            end = state.terminated.started if state.terminated else None
            running = parse_instant(state.running.started_at) if state.running else None
            yield from (at for at in (end, running) if at is not None)


def _times(pod: Pod) -> Iterator[Instant]:
    yield from _starts(pod)
    for member in pod.members():
        for state in (member.status.state, member.status.last_state) if member.status else ():
            if state.terminated is not None and state.terminated.finished is not None:
                yield state.terminated.finished
    began = parse_instant(pod.status.start_time)
    if began is not None:
        yield began
