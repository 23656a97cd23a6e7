"""A timeline in one line of characters per container.

Rules: one cell tells what filled most of its time, and a failed end or a kill wins over all, since
that is what one looks for. Unknown is drawn as unknown.
"""

from holdfast.model.timeline import Lane, SegmentKind, Timeline

_CELLS = {
    SegmentKind.RUNNING: "█",
    SegmentKind.NOT_READY: "▒",
    SegmentKind.WAITING: "·",
    SegmentKind.BACK_OFF: "_",
    SegmentKind.ENDED: " ",
    SegmentKind.UNKNOWN: "?",
}
_SEVERE = "x"
LEGEND = "timelines: █ running  ▒ running, not ready  _ back-off  · waiting  ? not known  x failed"


def strip(timeline: Timeline, lane: Lane, cells: int) -> str:
    """The line of one container, `cells` characters wide."""
    step = (timeline.end - timeline.start) / cells
    drawn = [_cell(lane, timeline.start + i * step, step) for i in range(cells)]
    for mark in lane.marks:
        if mark.severe and timeline.start <= mark.at <= timeline.end:
            drawn[min(cells - 1, int((mark.at - timeline.start) / step))] = _SEVERE
    return "".join(drawn)


def _cell(lane: Lane, start: float, step: float) -> str:
    most, kind = 0.0, SegmentKind.UNKNOWN
    for segment in lane.segments:
        covered = min(segment.end, start + step) - max(segment.start, start)
        if covered > most:
            most, kind = covered, segment.kind
    return _CELLS[kind]
