"""One hazard as lines of text, for every answer that holds some."""

from collections.abc import Iterator

from holdfast.model.hazard import Hazard
from holdfast.model.rule import Severity
from holdfast.reports.ink import Ink, paint
from holdfast.reports.inspection_words import mending_words, replay_words, who
from holdfast.reports.options import RenderOptions

_INK = {
    Severity.FATAL: Ink.BAD,
    Severity.HIGH: Ink.BAD,
    Severity.MEDIUM: Ink.UNEASY,
    Severity.LOW: Ink.FAINT,
    Severity.INFO: Ink.FAINT,
}
_MOST_PLACES = 5


def hazard_lines(hazard: Hazard, options: RenderOptions) -> Iterator[str]:
    """Its place, what happens, what replays show, and how to mend it."""
    rule, span = hazard.rule, hazard.place.span
    place = paint(f"{hazard.place.file}:{span.line}:{span.column}", Ink.PLACE, color=options.color)
    severity = paint(rule.severity.value, _INK[rule.severity], color=options.color)
    yield f"{place}: {rule.id} {severity} ({hazard.confidence}) {rule.title}"
    about = who(hazard)
    yield f"  {about}: {hazard.message}" if about else f"  {hazard.message}"
    if hazard.template:
        yield f"  rendered from {hazard.template}"
    if hazard.replayed is not None:
        yield f"  replay: {replay_words(hazard.replayed)}"
    if hazard.mending is not None:
        yield f"  fix ({mending_words(hazard.mending)}): {hazard.mending.words}"
    if hazard.also_at:
        shown = [f"{p.file}:{p.span.line}" for p in hazard.also_at[:_MOST_PLACES]]
        more = len(hazard.also_at) - len(shown)
        yield f"  also at {', '.join(shown)}{f' and {more} more' if more > 0 else ''}"
