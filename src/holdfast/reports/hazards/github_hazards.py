"""Annotations of a GitHub Actions run: one workflow command for each hazard.

Source: GitHub Actions, workflow commands; `%`, carriage return, line feed and, in properties,
`:` and `,` are percent-encoded.
"""

from holdfast.model.hazard import Inspection
from holdfast.model.rule import Severity
from holdfast.reports.inspection_words import notes, sentence, summary
from holdfast.reports.options import RenderOptions

_LEVEL = {Severity.FATAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}


def render(inspection: Inspection, options: RenderOptions) -> str:
    """The commands, and a last line that counts what was examined."""
    del options
    lines = []
    for hazard in inspection.hazards:
        place = hazard.place
        level = _LEVEL.get(hazard.rule.severity, "notice")
        properties = (
            f"file={_property(place.file)},line={place.span.line},endLine={place.end_line},"
            f"col={place.span.column},title={_property(f'{hazard.rule.id} {hazard.rule.title}')}"
        )
        lines.append(f"::{level} {properties}::{_text(sentence(hazard))}")
    for file, line, words in notes(inspection):
        lines.append(f"::warning file={_property(file)},line={max(1, line)}::{_text(words)}")
    return "\n".join([*lines, summary(inspection)]) + "\n"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
