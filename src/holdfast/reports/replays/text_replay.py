"""Replays as text: the verdict, the numbers side by side, the beginning of the first seed.

Rules: as in formats/text_format.py: lines wrap at the width, the command line never does.
"""

import textwrap
from collections.abc import Iterator

from holdfast.model.duration import Duration
from holdfast.model.simulated import Side, Simulated
from holdfast.reports.ink import Ink, paint
from holdfast.reports.options import RenderOptions
from holdfast.reports.replay_words import (
    change_text,
    replay_line,
    spread_text,
    verdict_line,
)
from holdfast.reports.strip import LEGEND, strip

NAME = "text"

_MARGIN = "  "
_MOST_LANES = 8
_MOST_CELLS = 72
_LEAST_CELLS = 10
_MOST_ENDS = 6
_INKS = {"better": Ink.GOOD, "worse": Ink.BAD}


def render(simulated: Simulated, options: RenderOptions) -> str:
    """The answer as lines."""
    return "".join(f"{line.rstrip()}\n" for line in _Page(options).lines(simulated))


class _Page:
    def __init__(self, options: RenderOptions) -> None:
        self.width = options.width
        self.color = options.color
        self.version = options.version

    def lines(self, simulated: Simulated) -> Iterator[str]:
        """Head, changes, numbers, sides, notes, how to repeat it."""
        yield from self.wrap(replay_line(simulated), "", Ink.FAINT)
        yield from self.wrap(verdict_line(simulated), "", Ink.STRONG)
        if simulated.changes:
            yield ""
            for change in simulated.changes:
                yield from self.wrap(f"after: {change}", "", Ink.PLAIN)
        yield ""
        yield from self.numbers(simulated)
        for side in simulated.sides:
            yield from self.side(side, simulated)
        yield ""
        yield from self.wrap(LEGEND, "", Ink.FAINT)
        for note in simulated.notes:
            yield from self.wrap(f"note: {note}", "", Ink.FAINT)
        yield paint(
            f"holdfast {self.version}, again: {simulated.command}", Ink.FAINT, color=self.color
        )

    def numbers(self, simulated: Simulated) -> Iterator[str]:
        """The table of measures."""
        rows = [
            (m.title, spread_text(m.before, m.unit), spread_text(m.after, m.unit), change_text(m))
            for m in simulated.measures
        ]
        if simulated.compared:
            rows.insert(0, ("", "before", "after", ""))
        title, first, second = (max(len(row[i]) for row in rows) for i in range(3))
        for row in rows:
            line = f"{_MARGIN}{row[0].ljust(title)}   {row[1].ljust(first)}"
            if simulated.compared:
                mark = paint(row[3], _INKS.get(row[3], Ink.PLAIN), color=self.color)
                line += f"   {row[2].ljust(second)}   {mark}"
            yield line

    def side(self, side: Side, simulated: Simulated) -> Iterator[str]:
        """Ends, timeline, story."""
        yield ""
        label = f"{side.label}: " if simulated.compared else ""
        ends = [
            f"{name}, {count:.3g} times" for name, count in list(side.ends.items())[:_MOST_ENDS]
        ]
        said = f"{'; '.join(ends)} in a seed" if ends else "no container ended"
        yield from self.wrap(f"{label}{said}", "", Ink.STRONG)
        yield from self.timeline(side, simulated.seed)
        for state in side.states[:_MOST_LANES]:
            yield from self.wrap(f"in the end {state}", _MARGIN, Ink.PLAIN)
        if side.story:
            yield ""
            yield from side.story

    def timeline(self, side: Side, seed: int) -> Iterator[str]:
        """One strip per container."""
        lanes = side.timeline.lanes[:_MOST_LANES]
        if not lanes:
            return
        span = f"first {Duration(side.timeline.end - side.timeline.start)} of seed {seed}"
        broad = min(24, max(len(lane.name) for lane in lanes))
        room = self.width - len(_MARGIN) - broad - 4 - len(span)
        cells = max(_LEAST_CELLS, min(_MOST_CELLS, room))
        for index, lane in enumerate(lanes):
            tail = paint(span, Ink.FAINT, color=self.color) if index == 0 else ""
            drawn = strip(side.timeline, lane, cells)
            yield f"{_MARGIN}{lane.name[:broad].ljust(broad)}  {drawn}  {tail}"
        if len(side.timeline.lanes) > len(lanes):
            yield f"{_MARGIN}and {len(side.timeline.lanes) - len(lanes)} more containers"

    def wrap(self, text: str, indent: str, ink: Ink) -> Iterator[str]:
        """Lines of text, each painted by itself."""
        for line in textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=indent + _MARGIN,
            break_long_words=False,
            break_on_hyphens=False,
        ):
            yield paint(line, ink, color=self.color)
