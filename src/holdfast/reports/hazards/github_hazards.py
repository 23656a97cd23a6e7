"""Annotations of a GitHub Actions run: one workflow command for each hazard."""

from holdfast.model.hazard import Inspection
from holdfast.model.rule import Severity
from holdfast.reports.inspection_words import notes, sentence, summary
from holdfast.reports.options import RenderOptions
from holdfast.reports.workflow_commands import annotation

_LEVEL = {Severity.FATAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}


def render(inspection: Inspection, options: RenderOptions) -> str:
    """The commands, and a last line that counts what was examined."""
    del options
    lines = []
    for hazard in inspection.hazards:
        place = hazard.place
        lines.append(
            annotation(
                _LEVEL.get(hazard.rule.severity, "notice"),
                sentence(hazard),
                file=place.file,
                line=place.span.line,
                endLine=place.end_line,
                col=place.span.column,
                title=f"{hazard.rule.id} {hazard.rule.title}",
            )
        )
    for file, line, words in notes(inspection):
        lines.append(annotation("warning", words, file=file, line=max(1, line)))
    return "\n".join([*lines, summary(inspection)]) + "\n"
