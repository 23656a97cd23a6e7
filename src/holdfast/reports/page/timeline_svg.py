"""Draws a timeline as SVG: one row per container, a common axis of time.

Rules: what is not known is hatched, never empty. A life of one second in a week stays visible.
Colours come from the style sheet by class, so that both colour schemes work. Each shape has a
title, and the same facts follow as a list for those who cannot see or point at it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from holdfast.model.instant import Instant
from holdfast.model.timeline import Lane, Mark, SegmentKind, Timeline
from holdfast.reports.page.markup import Markup, element
from holdfast.reports.words import clock, length, plural

# Units of the drawing; the style sheet scales its width to the page.
_WIDTH = 1000.0
_LEFT = 130.0
_RIGHT = 14.0
_ROW = 30.0
_BAR = 14.0
# Events stand below the bar, where they hide nothing.
_BELOW = _BAR / 2 + 3.5
_TOP = 8.0
_AXIS = 22.0
_THINNEST = 2.0
_LONGEST_NAME = 18
_MOST_TICKS = 8
_DAY_SECONDS = 86400.0
# Steps at which clocks are read: seconds, minutes, hours, days, weeks.
_STEPS_SECONDS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
    86400, 172800, 604800,
)  # fmt: skip
_CLASSES = {
    SegmentKind.RUNNING: "running",
    SegmentKind.NOT_READY: "not-ready",
    SegmentKind.WAITING: "waiting",
    SegmentKind.BACK_OFF: "back-off",
    SegmentKind.ENDED: "ended",
    SegmentKind.UNKNOWN: "unknown",
}


def timeline_svg(timeline: Timeline, about: str) -> Markup:
    """The drawing and its list; `about` names the pod for those who hear it."""
    height = _TOP + _ROW * len(timeline.lanes) + _AXIS
    said = f"Timeline of {about}, {length(timeline.start, timeline.end)} to {_moment(timeline)} UTC"
    rows = (_row(timeline, lane, index) for index, lane in enumerate(timeline.lanes))
    drawing = element(
        "svg",
        element("title", said),
        _axis(timeline, height),
        *rows,
        class_="timeline",
        viewBox=f"0 0 {_WIDTH:g} {height:g}",
        role="img",
        aria_label=said,
    )
    return element("figure", element("div", drawing, class_="scroll"), _as_list(timeline))


def pattern_definitions() -> Markup:
    """The hatchings that all drawings of a page share."""
    line = element("path", d="M0 6 6 0", class_="hatch-line")
    dots = element("circle", cx="2", cy="2", r="1", class_="dot")
    patterns = (
        element("pattern", element("rect", width=6, height=6, class_="hatch-ground"), line,
                id="hatch", width=6, height=6, patternUnits="userSpaceOnUse"),
        element("pattern", element("rect", width=4, height=4, class_="dots-ground"), dots,
                id="dots", width=4, height=4, patternUnits="userSpaceOnUse"),
    )  # fmt: skip
    return element("svg", element("defs", *patterns), width=0, height=0, aria_hidden="true",
                   class_="patterns")  # fmt: skip


def legend() -> Markup:
    """What the bars and marks mean."""
    entries = [
        element("span", _swatch(name), kind.value, class_="entry")
        for kind, name in _CLASSES.items()
    ]
    for name, text in (("severe", "failed end, kill"), ("mild", "event")):
        entries.append(element("span", _swatch_mark(name), text, class_="entry"))
    return element("p", *entries, class_="legend")


def _swatch(name: str) -> Markup:
    box = element("rect", width=18, height=10, rx=2, class_=name)
    return element("svg", box, width=18, height=10, aria_hidden="true")


def _swatch_mark(name: str) -> Markup:
    severe = name == "severe"
    shape = _mark_shape(9.0, 7.0 if severe else 7.0 - _BELOW, severe=severe)
    return element("svg", shape, width=18, height=14, aria_hidden="true")


def _row(timeline: Timeline, lane: Lane, index: int) -> Markup:
    top = _TOP + index * _ROW
    middle = top + _ROW / 2
    name = lane.name if len(lane.name) <= _LONGEST_NAME else lane.name[: _LONGEST_NAME - 1] + "…"
    label = element(
        "text", element("title", lane.name), name, x=_LEFT - 8, y=middle + 4, class_="lane"
    )
    bars = (_bar(timeline, lane, position, middle) for position in range(len(lane.segments)))
    marks = (
        element("g", element("title", title), _mark_shape(x, middle, severe=severe))
        for x, title, severe in _clustered(timeline, lane)
    )
    return element("g", label, *bars, *marks)


def _bar(timeline: Timeline, lane: Lane, position: int, middle: float) -> Markup:
    segment = lane.segments[position]
    left, right = _x(timeline, segment.start), _x(timeline, segment.end)
    said = f"{segment.kind.value} for {length(segment.start, segment.end)} from "
    said += f"{clock(segment.start)} to {clock(segment.end)}"
    said += f": {segment.label}" if segment.label else ""
    return element(
        "rect",
        element("title", said),
        x=round(left, 1),
        y=middle - _BAR / 2,
        width=round(max(right - left, _THINNEST), 1),
        height=_BAR,
        class_=_CLASSES[segment.kind],
    )


def _clustered(timeline: Timeline, lane: Lane) -> Iterator[tuple[float, str, bool]]:
    """Marks as (x, title, severe); those that would cover each other become one."""
    near: list[Mark] = []
    for mark in lane.marks:
        if near and _x(timeline, mark.at) - _x(timeline, near[0].at) > 4 * _THINNEST:
            yield _cluster(timeline, near)
            near = []
        near.append(mark)
    if near:
        yield _cluster(timeline, near)


def _cluster(timeline: Timeline, marks: list[Mark]) -> tuple[float, str, bool]:
    first = next((mark for mark in marks if mark.severe), marks[0])
    said = "\n".join(_said(mark) for mark in marks)
    return round(_x(timeline, first.at), 1), said, any(mark.severe for mark in marks)


def _mark_shape(x: float, middle: float, *, severe: bool) -> Markup:
    if severe:
        cross = f"M{x - 4:g} {middle - 4:g}l8 8m0 -8l-8 8"
        return element("path", d=cross, class_="severe")
    return element("circle", cx=x, cy=round(middle + _BELOW, 1), r=2.5, class_="mild")


def _axis(timeline: Timeline, height: float) -> Markup:
    bottom = height - _AXIS
    parts = []
    for at, said in _ticks(timeline):
        x = round(_x(timeline, at), 1)
        parts.append(element("line", x1=x, x2=x, y1=_TOP / 2, y2=bottom, class_="grid"))
        parts.append(element("text", said, x=x, y=bottom + 15, class_="tick"))
    return element("g", *parts, aria_hidden="true")


def _ticks(timeline: Timeline) -> Iterator[tuple[Instant, str]]:
    span = timeline.end - timeline.start
    step = next((s for s in _STEPS_SECONDS if span / s <= _MOST_TICKS), span / _MOST_TICKS)
    shown = "%m-%d %H:%M" if span > _DAY_SECONDS else "%H:%M:%S" if step < 60 else "%H:%M"
    at = timeline.start - timeline.start % step + step
    while at < timeline.end:
        yield Instant(at), datetime.fromtimestamp(at, UTC).strftime(shown)
        at += step


def _as_list(timeline: Timeline) -> Markup | None:
    moments = [(mark, lane.name) for lane in timeline.lanes for mark in lane.marks]
    if not moments:
        return None
    entries = (
        element("li", element("b", name), " ", _said(mark))
        for mark, name in sorted(moments, key=lambda moment: moment[0].at)
    )
    count = plural(len(moments), "moment")
    return element("details", element("summary", f"{count} as a list"), element("ul", *entries))


def _said(mark: Mark) -> str:
    repeated = f"{mark.times} times, last at " if mark.times > 1 else ""
    return f"{repeated}{clock(mark.at)} {mark.label}"


def _moment(timeline: Timeline) -> str:
    return datetime.fromtimestamp(timeline.end, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _x(timeline: Timeline, at: Instant) -> float:
    span = timeline.end - timeline.start
    share = (at - timeline.start) / span if span > 0 else 0.0
    return _LEFT + min(1.0, max(0.0, share)) * (_WIDTH - _LEFT - _RIGHT)
