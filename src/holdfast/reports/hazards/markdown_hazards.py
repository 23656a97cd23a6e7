"""The inspection as Markdown, for comments of merge requests."""

from holdfast.model.hazard import Inspection
from holdfast.reports.inspection_words import mending_words, notes, replay_words, summary, who
from holdfast.reports.options import RenderOptions


def render(inspection: Inspection, options: RenderOptions) -> str:
    """A table, and what was not examined below it."""
    del options
    lines = ["## holdfast check", ""]
    if inspection.hazards:
        lines += ["| severity | rule | where | what | fix |", "|---|---|---|---|---|"]
    for hazard in inspection.hazards:
        span = hazard.place.span
        what = f"{who(hazard)}: {hazard.message}" if hazard.kind else hazard.message
        if hazard.replayed is not None:
            what += f". Replay: {replay_words(hazard.replayed)}"
        mending = hazard.mending
        fix = f"{mending.words} ({mending_words(mending)})" if mending is not None else ""
        cells = (
            hazard.rule.severity.value,
            f"{hazard.rule.id} {hazard.rule.title}",
            f"`{hazard.place.file}:{span.line}`",
            what,
            fix,
        )
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    lines += ["", summary(inspection) + "."]
    told = notes(inspection)
    if told:
        lines += ["", *(f"- `{file}:{line}`: {words}" for file, line, words in told)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
