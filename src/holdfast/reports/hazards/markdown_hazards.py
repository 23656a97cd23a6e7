"""The inspection as Markdown, for comments of merge requests."""

from holdfast.model.hazard import Inspection
from holdfast.reports.hazard_table import hazard_table
from holdfast.reports.inspection_words import notes, summary
from holdfast.reports.options import RenderOptions


def render(inspection: Inspection, options: RenderOptions) -> str:
    """A table, and what was not examined below it."""
    del options
    lines = ["## holdfast check", ""]
    if inspection.hazards:
        lines += hazard_table(inspection.hazards)
    lines += ["", summary(inspection) + "."]
    told = notes(inspection)
    if told:
        lines += ["", *(f"- `{file}:{line}`: {words}" for file, line, words in told)]
    return "\n".join(lines) + "\n"
