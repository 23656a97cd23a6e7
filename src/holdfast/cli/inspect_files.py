"""From files to an inspection: read, examine, mend, replay, suppress, sort.

Rules: rules are pure; everything here is what they leave to others. An edit is offered only when
the text can be read again and, where a replay was asked for, when no replay of the changed pod
restarts (rules.md 2.6).
"""

from collections.abc import Iterable
from fnmatch import fnmatch
from typing import NamedTuple

import msgspec

from holdfast.cli.manifest_files import TextFile
from holdfast.fixes.edits import apply_edits
from holdfast.fixes.mend_text import edits_of
from holdfast.lint.catalogue import Entry, catalogue
from holdfast.lint.documents import ObjectSubject, objects_of
from holdfast.lint.examine import Crash, Found, examine, examine_document
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.document import Document, Mapping, to_plain
from holdfast.model.edit import Safety
from holdfast.model.hazard import (
    Examined,
    Hazard,
    Inspection,
    Mending,
    Replayed,
    Suppressed,
    Unexamined,
    UnexaminedReason,
    UnusedIgnore,
)
from holdfast.model.pod import PodSpec
from holdfast.model.rule import Audience
from holdfast.simulation.answer import answer, question_of
from holdfast.sources.manifest_stream import read_stream
from holdfast.sources.suppressions import CommentedIgnore, commented_ignores

_ANNOTATION = "holdfast.dev/ignore"


class Accepted(NamedTuple):
    """A hazard that a configuration accepts: a rule, a glob of paths, and why."""

    rule: str
    path: str
    reason: str


class Wanted(NamedTuple):
    """Which rules run, and how much is done with what they find."""

    audiences: frozenset[Audience] = frozenset({Audience.EVERYBODY})
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    replays: bool = True
    baseline: frozenset[str] = frozenset()
    """Fingerprints of hazards that are known."""
    accepted: tuple[Accepted, ...] = ()

    def selects(self, entry: Entry) -> bool:
        """Whether a rule runs."""
        rule = entry.rule
        if rule.id in self.only:
            return True
        return not self.only and rule.audience in self.audiences and rule.id not in self.without


def inspect(files: Iterable[TextFile | Unexamined], wanted: Wanted) -> Inspection:
    """Check the files."""
    return _Inspector(wanted).inspect(files)


class _Inspector:
    """One run."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        entries = catalogue()
        self._entries = [entry for entry in entries if wanted.selects(entry)]
        self._off = tuple(e.rule.id for e in entries if not wanted.selects(e))
        self._unexamined: list[Unexamined] = []
        self._objects: list[ObjectSubject] = []
        self._found: list[Found] = []
        self._ignores: dict[str, tuple[CommentedIgnore, ...]] = {}
        self._used: set[tuple[str, int, str]] = set()
        self._files = self._documents = 0

    def inspect(self, files: Iterable[TextFile | Unexamined]) -> Inspection:
        for file in files:
            if isinstance(file, Unexamined):
                self._unexamined.append(file)
            else:
                self._read(file)
        world = World(self._objects)
        self._keep(examine(world, self._entries))
        hazards = _once([self._hazard(found) for found in self._found])
        kept, suppressed = self._suppress(hazards, world)
        fresh = [h for h in kept if h.fingerprint not in self._wanted.baseline]
        return Inspection(
            hazards=tuple(sorted(fresh, key=_order)),
            suppressed=suppressed,
            unused=self._unused(),
            known=len(kept) - len(fresh),
            unexamined=tuple(self._unexamined),
            examined=self._examined(world),
            rules_run=len(self._entries),
            rules_off=self._off,
        )

    def _read(self, file: TextFile) -> None:
        self._files += 1
        self._ignores[file.name] = commented_ignores(file.text)
        for document in read_stream(file.text, file.name):
            if isinstance(document, Unexamined):
                self._unexamined.append(document)
                continue
            self._documents += 1
            self._keep(examine_document(document, self._entries))
            if isinstance(document.root, Mapping):
                self._objects.extend(objects_of(document, to_plain(document.root)))

    def _keep(self, outcomes: Iterable[Found | Crash]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Found):
                self._found.append(outcome)
                continue
            error = f"{type(outcome.error).__name__}: {outcome.error}"
            what = f"{outcome.rule.id} on {outcome.subject}: {error}; this is a defect of holdfast"
            self._unexamined.append(
                Unexamined(UnexaminedReason.RULE_CRASHED, outcome.file, outcome.line, what)
            )

    def _examined(self, world: World) -> Examined:
        return Examined(
            files=self._files,
            documents=self._documents,
            objects=len(world.objects),
            workloads=len(world.pods),
            containers=sum(len(pod.containers) for pod in world.pods),
        )

    def _hazard(self, found: Found) -> Hazard:
        problem = found.problem
        owner, container = _who(problem.subject)
        mending, replayed = self._mended(problem)
        return Hazard(
            rule=found.rule,
            message=problem.message,
            place=problem.place,
            kind=owner.kind if owner is not None else "",
            namespace=owner.namespace if owner is not None else "",
            name=owner.name if owner is not None else "",
            container=container,
            mending=mending,
            replayed=replayed,
        )

    def _mended(self, problem: Problem) -> tuple[Mending | None, Replayed | None]:
        fix = problem.fix
        pod = _pod(problem.subject)
        mending = _mending(fix, problem.subject) if fix is not None else None
        if problem.replay is None or pod is None or not self._wanted.replays:
            return mending, None
        after = _changed(pod, mending) if mending is not None else None
        asked = problem.replay
        _, container = _who(problem.subject)
        question = question_of(container, asked.container, asked.told, asked.seconds)
        replayed = answer(question, pod.spec, after)
        if replayed is not None and replayed.restarts_after and mending is not None:
            why = f"replayed with it, the container still ends {replayed.restarts_after} times"
            mending = Mending(mending.words, Safety.SKETCH, withheld=why)
        return mending, replayed

    def _suppress(
        self, hazards: list[Hazard], world: World
    ) -> tuple[list[Hazard], tuple[Suppressed, ...]]:
        annotated = _annotated(world)
        kept: list[Hazard] = []
        suppressed: list[Suppressed] = []
        for hazard in hazards:
            reason = annotated.get((hazard.kind, hazard.namespace, hazard.name, hazard.rule.id))
            reason = reason or self._commented(hazard) or self._configured(hazard)
            if reason:
                suppressed.append(Suppressed(hazard, reason))
            else:
                kept.append(hazard)
        return kept, tuple(suppressed)

    def _commented(self, hazard: Hazard) -> str:
        """The reason of a comment on every place of a hazard; "" where one is not accepted."""
        reasons = []
        for place in (hazard.place, *hazard.also_at):
            reason = ""
            for ignore in self._ignores.get(place.file, ()):
                if ignore.rule == hazard.rule.id and ignore.about == place.span.line:
                    self._used.add((place.file, ignore.line, ignore.rule))
                    reason = ignore.reason
            reasons.append(reason)
        return reasons[0] if all(reasons) else ""

    def _configured(self, hazard: Hazard) -> str:
        for accepted in self._wanted.accepted:
            if accepted.rule == hazard.rule.id and fnmatch(hazard.place.file, accepted.path):
                return accepted.reason
        return ""

    def _unused(self) -> tuple[UnusedIgnore, ...]:
        """Comments that accept nothing, of rules that did run, or that give no reason."""
        ran = {entry.rule.id for entry in self._entries}
        found = []
        for file, ignores in self._ignores.items():
            for ignore in ignores:
                if not ignore.reason:
                    why = "it gives no reason, so it accepts nothing"
                elif ignore.rule in ran and (file, ignore.line, ignore.rule) not in self._used:
                    why = "nothing to accept there; take it out"
                else:
                    continue
                found.append(UnusedIgnore(file, ignore.line, ignore.rule, why))
        return tuple(found)


def _annotated(world: World) -> dict[tuple[str, str, str, str], str]:
    """Reasons by object and rule, from annotations of objects and of pod templates."""
    found: dict[tuple[str, str, str, str], str] = {}
    templates = [(pod.owner, pod.annotations) for pod in world.pods]
    for owner, annotations in [*((o, o.annotations) for o in world.objects), *templates]:
        for name, text in annotations.items():
            if name == _ANNOTATION:
                for line in text.split("\n"):
                    rule, _, reason = line.strip().partition(" ")
                    found[owner.kind, owner.namespace, owner.name, rule] = reason.strip()
            elif name.startswith(_ANNOTATION + "."):
                rule = name.removeprefix(_ANNOTATION + ".")
                found[owner.kind, owner.namespace, owner.name, rule] = text.strip()
    return found


def _who(subject: object) -> tuple[ObjectSubject | None, str]:
    if isinstance(subject, ContainerSubject):
        return subject.pod.owner, subject.name
    if isinstance(subject, PodSubject):
        return subject.owner, ""
    return (subject, "") if isinstance(subject, ObjectSubject) else (None, "")


def _pod(subject: object) -> PodSubject | None:
    if isinstance(subject, ContainerSubject):
        return subject.pod
    return subject if isinstance(subject, PodSubject) else None


def _mending(fix: Fix, subject: object) -> Mending:
    """The edits of a fix, or why there are none."""
    target = fix.of or subject
    owner, _ = _who(target)
    if fix.patch is None or owner is None:
        return Mending(fix.words, fix.safety, fix.edits)
    root = getattr(target, "root", owner.root)
    edits = edits_of(owner.document, root, fix.patch)
    if isinstance(edits, str):
        return Mending(fix.words, Safety.SKETCH, withheld=edits)
    return Mending(fix.words, fix.safety, edits)


def _changed(pod: PodSubject, mending: Mending) -> PodSpec | None:
    """The pod as the edited text has it; None where nothing in it is edited."""
    document = _reread(pod.owner.document, mending) if mending.edits else None
    for subject in objects_of(document, to_plain(document.root)) if document is not None else ():
        if subject.root == pod.owner.root:
            return PodSubject(subject, pod.template).spec
    return None


def _reread(document: Document, mending: Mending) -> Document | None:
    """The document after the edits of a mending; None where it can no longer be read."""
    start, end = document.part or (0, len(document.text))
    moved = [
        msgspec.structs.replace(
            edit,
            span=msgspec.structs.replace(
                edit.span, start=edit.span.start - start, end=edit.span.end - start
            ),
        )
        for edit in mending.edits
    ]
    text = apply_edits(document.text[start:end], moved)
    documents = [one for one in read_stream(text, document.file) if isinstance(one, Document)]
    return documents[0] if len(documents) == 1 else None


def _once(hazards: list[Hazard]) -> list[Hazard]:
    """One hazard for each fingerprint; the places of the others stand beside it."""
    found: dict[str, Hazard] = {}
    for hazard in hazards:
        known = found.get(hazard.fingerprint)
        if known is None:
            found[hazard.fingerprint] = hazard
        else:
            also = (*known.also_at, hazard.place)
            mending = known.mending
            if mending is not None and hazard.mending is not None:
                edits = (*mending.edits, *hazard.mending.edits)
                mending = msgspec.structs.replace(mending, edits=edits)
            changed = msgspec.structs.replace(known, also_at=also, mending=mending)
            found[hazard.fingerprint] = changed
    return list(found.values())


def _order(hazard: Hazard) -> tuple[int, str, int, int, str]:
    span = hazard.place.span
    return (hazard.rule.severity.rank, hazard.place.file, span.line, span.column, hazard.rule.id)
