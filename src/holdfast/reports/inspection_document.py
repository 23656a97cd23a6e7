"""What `holdfast check -o json` prints: the published form of an inspection."""

import msgspec

from holdfast.model.hazard import ContainerEnd, Hazard, HazardReplay, Inspection, Place, StopReplay

API_VERSION = "holdfast/v1"


class Where(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A region of a file; lines and columns are 1-based, the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    path: str = ""


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """Replace characters `start` (from 0) to `end` (exclusive) of a file by a text."""

    file: str
    start: int
    end: int
    text: str


class Remedy(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """How to mend it. Without edits a fact is missing that only a person has."""

    words: str
    safety: str
    edits: tuple[Change, ...] = ()
    withheld: str = ""


class Replay(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What the kubelet model shows for `seconds` seconds of the pod."""

    told: str
    seconds: float
    kubernetes: str
    seed: int
    restarts_before: int
    first_end_seconds: float | None = None
    restarts_after: int | None = None


class Ending(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """How a container ends, so many seconds after its pod is deleted or its process hangs.

    Exit code 137 is SIGKILL; none means that it had not ended by then.
    """

    seconds: float
    exit_code: int | None = None


class Stop(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What the kubelet model shows of a stop."""

    told: str
    kubernetes: str
    seed: int
    before: Ending
    after: Ending | None = None
    """With the fix."""


class Danger(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One hazard."""

    rule: str
    title: str
    severity: str
    confidence: str
    audience: str
    message: str
    fingerprint: str
    where: Where
    prevents: tuple[str, ...]
    kind: str = ""
    namespace: str = ""
    name: str = ""
    container: str = ""
    also_at: tuple[Where, ...] = ()
    template: str = ""
    """The file from which Helm or kustomize rendered the object."""
    remedy: Remedy | None = None
    replay: Replay | None = None
    stop: Stop | None = None
    suppressed: str = ""
    """The reason of who accepted it; "" for a hazard that counts."""


class Left(msgspec.Struct, frozen=True, rename="camel"):
    """Something that was not examined."""

    reason: str
    file: str
    line: int
    what: str


class Unused(msgspec.Struct, frozen=True, rename="camel"):
    """A comment or an annotation that accepts nothing."""

    file: str
    line: int
    rule: str
    why: str


class Counts(msgspec.Struct, frozen=True, rename="camel"):
    """How much was looked at."""

    files: int
    documents: int
    objects: int
    workloads: int
    containers: int
    templates: int
    not_validated: dict[str, int]
    in_baseline: int
    rules_run: int
    dockerfiles: int
    images: int
    images_unused: int
    validated: int
    """Objects that were compared with the schemas of Kubernetes (--schema)."""


class InspectionDocument(msgspec.Struct, frozen=True, rename="camel"):
    """The whole answer."""

    api_version: str
    kind: str
    holdfast: str
    hazards: tuple[Danger, ...]
    suppressed: tuple[Danger, ...]
    unused_ignores: tuple[Unused, ...]
    not_examined: tuple[Left, ...]
    examined: Counts
    rules_off: tuple[str, ...]


def inspection_document(inspection: Inspection, version: str) -> InspectionDocument:
    """The published form."""
    examined = inspection.examined
    return InspectionDocument(
        API_VERSION,
        "Inspection",
        version,
        tuple(danger(hazard) for hazard in inspection.hazards),
        tuple(danger(one.hazard, one.reason) for one in inspection.suppressed),
        tuple(Unused(u.file, u.line, u.rule, u.why) for u in inspection.unused),
        tuple(Left(u.reason.value, u.file, u.line, u.what) for u in inspection.unexamined),
        Counts(
            examined.files,
            examined.documents,
            examined.objects,
            examined.workloads,
            examined.containers,
            sum(u.reason.value == "template" for u in inspection.unexamined),
            examined.not_validated,
            inspection.known,
            inspection.rules_run,
            examined.dockerfiles,
            examined.images,
            examined.images_unused,
            examined.validated,
        ),
        inspection.rules_off,
    )


def danger(hazard: Hazard, suppressed: str = "") -> Danger:
    """One hazard; `suppressed` is the reason of who accepted it."""
    rule, mending, replayed = hazard.rule, hazard.mending, hazard.replayed
    remedy = None
    if mending is not None:
        edits = tuple(Change(e.file, e.span.start, e.span.end, e.text) for e in mending.edits)
        remedy = Remedy(mending.words, mending.safety.value, edits, mending.withheld)
    return Danger(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity.value,
        confidence=hazard.confidence.value,
        audience=rule.audience.value,
        message=hazard.message,
        fingerprint=hazard.fingerprint,
        where=_where(hazard.place),
        prevents=rule.prevents,
        kind=hazard.kind,
        namespace=hazard.namespace,
        name=hazard.name,
        container=hazard.container,
        also_at=tuple(map(_where, hazard.also_at)),
        template=hazard.template,
        remedy=remedy,
        replay=_replay(replayed) if isinstance(replayed, HazardReplay) else None,
        stop=_stop(replayed) if isinstance(replayed, StopReplay) else None,
        suppressed=suppressed,
    )


def _where(place: Place) -> Where:
    span = place.span
    return Where(place.file, span.line, span.column, place.end_line, place.end_column, place.path)


def _replay(replayed: HazardReplay) -> Replay:
    return Replay(
        replayed.told,
        replayed.seconds,
        replayed.version,
        replayed.seed,
        replayed.restarts_before,
        replayed.first_end,
        replayed.restarts_after,
    )


def _stop(replayed: StopReplay) -> Stop:
    return Stop(
        replayed.told,
        replayed.version,
        replayed.seed,
        _ending(replayed.before),
        _ending(replayed.after) if replayed.after is not None else None,
    )


def _ending(end: ContainerEnd) -> Ending:
    return Ending(round(end.seconds, 1), end.exit_code)
