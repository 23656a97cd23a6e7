"""An inspection as text: worst first, each hazard with its place, numbers, fix and replay."""

from collections.abc import Iterator

from holdfast.model.hazard import Inspection
from holdfast.reports.hazard_lines import hazard_lines
from holdfast.reports.inspection_words import notes, summary
from holdfast.reports.options import RenderOptions


def render(inspection: Inspection, options: RenderOptions) -> str:
    """The whole inspection, ending in a line feed."""
    return "\n".join(_lines(inspection, options)) + "\n"


def _lines(inspection: Inspection, options: RenderOptions) -> Iterator[str]:
    for hazard in inspection.hazards:
        yield from hazard_lines(hazard, options)
        yield ""
    told = notes(inspection)
    for file, line, words in told:
        yield f"{file}:{line}: {words}" if line else f"{file}: {words}"
    if told:
        yield ""
    yield summary(inspection)
