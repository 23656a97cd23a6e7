"""From files to an inspection: read, examine, mend, replay, accept, sort.

Rules: rules are pure; everything here is what they leave to others.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from holdfast.cli.accept_hazards import Acceptance, Accepted
from holdfast.cli.manifest_files import TextFile
from holdfast.cli.mend_problem import mended, owner_of
from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.lint.catalogue import Entry, catalogue
from holdfast.lint.dockerfiles import BuildFile, DockerfileSubject
from holdfast.lint.documents import ObjectSubject, objects_of
from holdfast.lint.examine import Crash, Found, examine, examine_dockerfile, examine_document
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.world import World
from holdfast.model.dockerfile import Dockerfile
from holdfast.model.document import Mapping, to_plain
from holdfast.model.hazard import (
    Examined,
    Hazard,
    Inspection,
    Suppressed,
    Unexamined,
    UnexaminedReason,
)
from holdfast.model.rule import Audience
from holdfast.sources.dockerfile.read_dockerfile import read_dockerfile
from holdfast.sources.manifest_stream import read_stream
from holdfast.sources.suppressions import commented_ignores, ignores_of_dockerfile


class Wanted(NamedTuple):
    """Which rules run, and how much is done with what they find."""

    audiences: frozenset[Audience] = frozenset({Audience.EVERYBODY})
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    kubelet: Behaviour = behaviour_of(NEWEST)
    replays: bool = True
    baseline: frozenset[str] = frozenset()
    """Fingerprints of hazards that are known."""
    accepted: tuple[Accepted, ...] = ()
    against: tuple[TextFile, ...] = ()
    """What is deployed now; rules compare with it and do not examine it."""

    def selects(self, entry: Entry) -> bool:
        """Whether a rule runs."""
        rule = entry.rule
        if rule.since is not None and rule.since > self.kubelet.version:
            return False
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
        self._acceptance = Acceptance(wanted.accepted)
        self._dockerfiles: list[Dockerfile] = []
        self._scripts: dict[str, dict[str, BuildFile]] = defaultdict(dict)
        self._files = self._documents = 0

    def inspect(self, files: Iterable[TextFile | Unexamined]) -> Inspection:
        for file in files:
            if isinstance(file, Unexamined):
                self._unexamined.append(file)
            else:
                self._read(file)
        world = World(self._objects, _world_of(self._wanted.against))
        self._keep(examine(world, self._entries))
        for dockerfile in self._dockerfiles:
            subject = DockerfileSubject(dockerfile, self._scripts[dockerfile.file])
            self._keep(examine_dockerfile(subject, world, self._entries))
        hazards = _once([self._hazard(found) for found in self._found])
        self._acceptance.add_annotations(world)
        reasons = [self._acceptance.reason(hazard) for hazard in hazards]
        pairs = list(zip(hazards, reasons, strict=True))
        kept = [hazard for hazard, reason in pairs if not reason]
        fresh = [h for h in kept if h.fingerprint not in self._wanted.baseline]
        return Inspection(
            hazards=tuple(sorted(fresh, key=_order)),
            suppressed=tuple(Suppressed(h, reason) for h, reason in pairs if reason),
            unused=tuple(self._acceptance.unused(frozenset(e.rule.id for e in self._entries))),
            known=len(kept) - len(fresh),
            unexamined=tuple(self._unexamined),
            examined=self._examined(world),
            rules_run=len(self._entries),
            rules_off=self._off,
        )

    def _read(self, file: TextFile) -> None:
        self._files += 1
        if file.beside is not None:
            script = BuildFile(file.name, file.text, file.beside.executable)
            self._scripts[file.beside.dockerfile][file.beside.path] = script
        elif file.is_dockerfile:
            self._read_dockerfile(file)
            return
        self._acceptance.add_comments(file.name, commented_ignores(file.text))
        if file.beside is not None:
            return
        for document in read_stream(file.text, file.name):
            if isinstance(document, Unexamined):
                self._unexamined.append(document)
                continue
            self._documents += 1
            self._keep(examine_document(document, self._entries))
            if isinstance(document.root, Mapping):
                self._objects.extend(objects_of(document, to_plain(document.root)))

    def _read_dockerfile(self, file: TextFile) -> None:
        dockerfile = read_dockerfile(file.text, file.name)
        self._acceptance.add_comments(file.name, ignores_of_dockerfile(dockerfile))
        for fault in dockerfile.faults:
            templated = "{{" in fault.found or "{%" in fault.found
            reason = UnexaminedReason.TEMPLATE if templated else UnexaminedReason.BROKEN
            what = f"{fault.found}; {fault.next_step}"
            self._unexamined.append(Unexamined(reason, file.name, fault.span.line, what))
        if dockerfile.stages:
            self._dockerfiles.append(dockerfile)

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
            not_validated=dict(world.not_validated()),
            dockerfiles=len(self._dockerfiles),
        )

    def _hazard(self, found: Found) -> Hazard:
        problem = found.problem
        owner = owner_of(problem.subject)
        subject = problem.subject
        mending, replayed = mended(problem, self._wanted.kubelet if self._wanted.replays else None)
        return Hazard(
            rule=found.rule,
            message=problem.message,
            place=problem.place,
            kind=owner.kind if owner is not None else "",
            namespace=owner.namespace if owner is not None else "",
            name=owner.name if owner is not None else "",
            container=subject.name if isinstance(subject, ContainerSubject) else "",
            mending=mending,
            replayed=replayed,
        )


def _world_of(files: tuple[TextFile, ...]) -> World | None:
    """The objects that can be read; what cannot be is no business of this run."""
    if not files:
        return None
    return World(
        found
        for file in files
        for document in read_stream(file.text, file.name)
        if not isinstance(document, Unexamined) and isinstance(document.root, Mapping)
        for found in objects_of(document, to_plain(document.root))
    )


def _once(hazards: list[Hazard]) -> list[Hazard]:
    """One hazard for each fingerprint; the places of the others stand beside it."""
    found: dict[str, Hazard] = {}
    for hazard in hazards:
        known = found.get(hazard.fingerprint)
        if known is None:
            found[hazard.fingerprint] = hazard
        elif hazard.place not in (known.place, *known.also_at):
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
