"""Hazards as a table of Markdown, for every answer that holds some."""

from collections.abc import Iterable, Iterator

from holdfast.model.hazard import Hazard
from holdfast.model.printable import one_line
from holdfast.reports.inspection_words import mending_words, replay_words, who
from holdfast.reports.markdown_text import escaped


def hazard_table(hazards: Iterable[Hazard]) -> Iterator[str]:
    """The lines of the table, with its head."""
    yield "| severity | rule | where | what | fix |"
    yield "|---|---|---|---|---|"
    for hazard in hazards:
        span = hazard.place.span
        what = f"{who(hazard)}: {hazard.message}" if hazard.kind else hazard.message
        if hazard.replayed is not None:
            what += f". Replay: {replay_words(hazard.replayed)}"
        mending = hazard.mending
        fix = f"{mending.words} ({mending_words(mending)})" if mending is not None else ""
        cells = (
            hazard.rule.severity.value,
            f"{hazard.rule.id} {hazard.rule.title}",
            f"`{_in_code(hazard.place.file)}:{span.line}`",
            escaped(what),
            escaped(fix),
        )
        yield f"| {' | '.join(cells)} |"


def _in_code(text: str) -> str:
    """A name within a code span of a table, which knows no escapes but that of the bar."""
    return one_line(text).replace("`", "'").replace("|", "\\|")
