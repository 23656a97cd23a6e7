"""Sentences that several formats of `holdfast check` share."""

from collections import Counter

from holdfast.model.duration import Duration
from holdfast.model.edit import Safety
from holdfast.model.hazard import (
    ContainerEnd,
    Hazard,
    HazardReplay,
    Inspection,
    Mending,
    StopReplay,
    UnexaminedReason,
)
from holdfast.model.rule import Severity


def notes(inspection: Inspection) -> list[tuple[str, int, str]]:
    """(file, line, words) of everything that is no hazard and still has to be told."""
    unused = [(u.file, u.line, f"ignore of {u.rule}: {u.why}") for u in inspection.unused]
    left = [(u.file, u.line, f"not examined ({u.reason}): {u.what}") for u in inspection.unexamined]
    return [*unused, *left]


def who(hazard: Hazard) -> str:
    """The object and container of a hazard: "Deployment/api container api"."""
    named = f"{hazard.kind}/{hazard.name}" if hazard.kind else ""
    return f"{named} container {hazard.container}" if hazard.container else named


def sentence(hazard: Hazard) -> str:
    """Everything about a hazard but its place, in one line."""
    parts = [f"{who(hazard)}: {hazard.message}" if hazard.kind else hazard.message]
    if hazard.template:
        parts.append(f"rendered from {hazard.template}")
    if hazard.replayed is not None:
        parts.append(f"replay: {replay_words(hazard.replayed)}")
    if hazard.mending is not None:
        parts.append(f"fix: {hazard.mending.words}")
    return ". ".join(parts)


def mending_words(mending: Mending) -> str:
    """How a fix is applied."""
    if mending.edits:
        flag = "--fix" if mending.safety is Safety.SAFE else "--fix --review"
        return f"{mending.safety}, {flag}"
    return f"by hand: {mending.withheld}" if mending.withheld else "by hand"


def replay_words(replayed: HazardReplay | StopReplay) -> str:
    """What replays show, in one line."""
    shown = _stop_words(replayed) if isinstance(replayed, StopReplay) else _restart_words(replayed)
    return f"if {replayed.told}: {shown} (Kubernetes {replayed.version}, seed {replayed.seed})"


def _restart_words(replayed: HazardReplay) -> str:
    first = (
        f"first killed {replayed.first_end:.0f} s after the start of the pod, "
        if replayed.first_end is not None
        else ""
    )
    after = (
        f", {replayed.restarts_after} with the fix" if replayed.restarts_after is not None else ""
    )
    restarts = many(replayed.restarts_before, "restart")
    return f"{first}{restarts} in {Duration(replayed.seconds)}{after}"


def _stop_words(replayed: StopReplay) -> str:
    after = f"; with the fix {_end_words(replayed.after)}" if replayed.after is not None else ""
    return f"{_end_words(replayed.before)}{after}"


def _end_words(end: ContainerEnd) -> str:
    if end.exit_code is None:
        return f"still there {end.seconds:.0f} s later"
    if end.is_killed:
        return f"SIGKILL {end.seconds:.0f} s later"
    return f"exit code {end.exit_code}, {end.seconds:.0f} s later"


def summary(inspection: Inspection) -> str:
    """How much was examined, and what came of it: in every format."""
    examined = inspection.examined
    counted = Counter(hazard.rule.severity for hazard in inspection.hazards)
    hazards = ", ".join(f"{counted[s]} {s}" for s in Severity if counted[s]) or "no hazard"
    looked_at = [many(examined.files, "file")]
    if examined.documents or not (examined.dockerfiles or examined.images):
        looked_at += [
            many(examined.documents, "document"),
            many(examined.workloads, "workload"),
            many(examined.containers, "container"),
        ]
    if examined.dockerfiles:
        looked_at.append(many(examined.dockerfiles, "Dockerfile"))
    if examined.images:
        looked_at.append(many(examined.images, "image"))
    parts = [f"{hazards} in {', '.join(looked_at)}"]
    templates = sum(u.reason is UnexaminedReason.TEMPLATE for u in inspection.unexamined)
    others = len(inspection.unexamined) - templates
    if templates:
        parts.append(f"{many(templates, 'template')} not rendered and not examined")
    if others:
        parts.append(f"{others} not examined")
    if examined.validated:
        parts.append(f"{many(examined.validated, 'object')} validated against their schemas")
    unknown = sum(examined.not_validated.values())
    if unknown:
        kinds = ", ".join(sorted(examined.not_validated))
        parts.append(f"{many(unknown, 'object')} not validated ({kinds})")
    if examined.images_unused and examined.containers:
        unused = many(examined.images_unused, "image")
        parts.append(f"{unused} that no container here runs (--image NAME=TARGET names it)")
    if inspection.suppressed:
        parts.append(f"{len(inspection.suppressed)} suppressed")
    if inspection.known:
        parts.append(f"{inspection.known} in the baseline")
    parts.append(f"{many(inspection.rules_run, 'rule')} run, {len(inspection.rules_off)} off")
    return "; ".join(parts)


def many(count: int, noun: str) -> str:
    """ "1 file", "2 files"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
