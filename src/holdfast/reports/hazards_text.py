"""An inspection as text: worst first, each hazard with its place, numbers, fix and replay."""

from collections import Counter
from collections.abc import Iterator

from holdfast.model.duration import Duration
from holdfast.model.edit import Safety
from holdfast.model.hazard import Hazard, Inspection, Mending, Replayed, UnexaminedReason
from holdfast.model.rule import Severity
from holdfast.reports.ink import Ink, paint
from holdfast.reports.options import RenderOptions

_INK = {
    Severity.FATAL: Ink.BAD,
    Severity.HIGH: Ink.BAD,
    Severity.MEDIUM: Ink.UNEASY,
    Severity.LOW: Ink.FAINT,
    Severity.INFO: Ink.FAINT,
}
_MOST_PLACES = 5


def render_text(inspection: Inspection, options: RenderOptions) -> str:
    """The whole inspection, ending in a line feed."""
    return "\n".join(_lines(inspection, options)) + "\n"


def _lines(inspection: Inspection, options: RenderOptions) -> Iterator[str]:
    for hazard in inspection.hazards:
        yield from _hazard(hazard, options)
        yield ""
    for left in inspection.unexamined:
        place = f"{left.file}:{left.line}" if left.line else left.file
        yield f"{place}: not examined ({left.reason}): {left.what}"
    if inspection.unexamined:
        yield ""
    yield _summary(inspection)


def _hazard(hazard: Hazard, options: RenderOptions) -> Iterator[str]:
    rule, span = hazard.rule, hazard.place.span
    place = paint(f"{hazard.place.file}:{span.line}:{span.column}", Ink.PLACE, color=options.color)
    severity = paint(rule.severity.value, _INK[rule.severity], color=options.color)
    yield f"{place}: {rule.id} {severity} ({rule.confidence}) {rule.title}"
    who = f"{hazard.kind}/{hazard.name}" if hazard.kind else ""
    if hazard.container:
        who += f" container {hazard.container}"
    yield f"  {who + ': ' if who else ''}{hazard.message}"
    if hazard.replayed is not None:
        yield f"  replay: {_replayed(hazard.replayed)}"
    if hazard.mending is not None:
        yield f"  fix ({_safety(hazard.mending)}): {hazard.mending.words}"
    if hazard.also_at:
        shown = [f"{p.file}:{p.span.line}" for p in hazard.also_at[:_MOST_PLACES]]
        more = len(hazard.also_at) - len(shown)
        yield f"  also at {', '.join(shown)}{f' and {more} more' if more > 0 else ''}"


def _safety(mending: Mending) -> str:
    if mending.edits:
        flag = "--fix" if mending.safety is Safety.SAFE else "--fix --review"
        return f"{mending.safety}, {flag}"
    return f"by hand: {mending.withheld}" if mending.withheld else "by hand"


def _replayed(replayed: Replayed) -> str:
    length = Duration(replayed.seconds)
    first = (
        f"first killed {replayed.first_end:.0f} s after the start of the pod, "
        if replayed.first_end is not None
        else ""
    )
    after = (
        f", {replayed.restarts_after} with the fix" if replayed.restarts_after is not None else ""
    )
    restarts = _many(replayed.restarts_before, "restart")
    return (
        f"if {replayed.told}: {first}{restarts} in {length}{after} "
        f"(Kubernetes {replayed.version}, seed {replayed.seed})"
    )


def _summary(inspection: Inspection) -> str:
    examined = inspection.examined
    counted = Counter(hazard.rule.severity for hazard in inspection.hazards)
    hazards = ", ".join(f"{counted[s]} {s}" for s in Severity if counted[s]) or "no hazard"
    looked_at = (
        _many(examined.files, "file"),
        _many(examined.documents, "document"),
        _many(examined.workloads, "workload"),
        _many(examined.containers, "container"),
    )
    parts = [f"{hazards} in {', '.join(looked_at)}"]
    templates = sum(u.reason is UnexaminedReason.TEMPLATE for u in inspection.unexamined)
    others = len(inspection.unexamined) - templates
    if templates:
        parts.append(f"{_many(templates, 'template')} not rendered and not examined")
    if others:
        parts.append(f"{others} not examined")
    if inspection.suppressed:
        parts.append(f"{len(inspection.suppressed)} suppressed")
    if inspection.known:
        parts.append(f"{inspection.known} in the baseline")
    parts.append(f"{_many(inspection.rules_run, 'rule')} run, {len(inspection.rules_off)} off")
    return "; ".join(parts)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
