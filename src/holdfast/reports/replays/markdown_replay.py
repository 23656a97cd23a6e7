"""Replays for an issue or a pull request: a sentence, a table, the story folded up.

Rules: as in formats/markdown_format.py; texts that others wrote stand in code spans and fences.
"""

from collections.abc import Iterator

from holdfast.model.printable import one_line
from holdfast.model.simulated import Side, Simulated
from holdfast.reports.options import RenderOptions
from holdfast.reports.replay_words import (
    change_text,
    replay_line,
    spread_text,
    verdict_line,
)
from holdfast.reports.strip import LEGEND, strip

NAME = "markdown"

_CELLS = 60


def render(simulated: Simulated, options: RenderOptions) -> str:
    """The answer as GitHub Flavored Markdown."""
    return "\n".join(_page(simulated, options)).rstrip() + "\n"


def _page(simulated: Simulated, options: RenderOptions) -> Iterator[str]:
    yield f"## {verdict_line(simulated)}"
    yield from ("", _code(replay_line(simulated)), "")
    for change in simulated.changes:
        yield f"- after: {_code(change)}"
    yield ""
    yield from _table(simulated)
    for side in simulated.sides:
        yield from _side(side, simulated)
    for note in simulated.notes:
        yield from (f"> {one_line(note)}", "")
    yield f"Made by holdfast {options.version}. Again:"
    yield from ("", "```sh", one_line(simulated.command), "```")


def _table(simulated: Simulated) -> Iterator[str]:
    if simulated.compared:
        yield "| | before | after | |"
        yield "|---|---|---|---|"
    else:
        yield "| | |"
        yield "|---|---|"
    for m in simulated.measures:
        row = f"| {m.title} | {spread_text(m.before, m.unit)} |"
        if simulated.compared:
            row += f" {spread_text(m.after, m.unit)} | {change_text(m)} |"
        yield row
    yield ""


def _side(side: Side, simulated: Simulated) -> Iterator[str]:
    yield f"<details><summary>{side.label}, seed {simulated.seed}</summary>"
    yield from ("", "```text")
    for lane in side.timeline.lanes:
        yield f"{one_line(lane.name)}  {strip(side.timeline, lane, _CELLS)}"
    if side.timeline.lanes:
        yield LEGEND
    for line in (*side.states, *side.story):
        # A fence cannot be closed by a line that does not begin with backticks.
        yield f" {one_line(line)}"
    yield from ("```", "", "</details>", "")


def _code(text: str) -> str:
    """A code span that holds any text (CommonMark 0.31.2 section 6.1)."""
    return f"`{one_line(text).replace('`', chr(39))}`"
