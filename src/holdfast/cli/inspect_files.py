"""From files to an inspection: read, examine, mend, replay, accept, sort.

Rules: rules are pure; everything here is what they leave to others. Documents are examined as they
are read, and again together; what a document showed is kept, the document itself in few bytes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from holdfast.cli.accept_hazards import Acceptance, Accepted
from holdfast.cli.api_schema import ApiSchema, KindSchemas
from holdfast.cli.ask_model import Model
from holdfast.cli.builds import LAST_STAGES, Builds
from holdfast.cli.built_images import built_images
from holdfast.cli.kustomizations import (
    is_among,
    not_examined,
    patches_among,
    resources_among,
)
from holdfast.cli.manifest_files import TextFile
from holdfast.cli.mend_problem import mended, owner_of
from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.lint.catalogue import Entry, catalogue
from holdfast.lint.dockerfiles import BuildFile
from holdfast.lint.documents import ObjectSubject, objects_of
from holdfast.lint.examine import Crash, Examiner, Found
from holdfast.lint.images import KnownImage
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Problem
from holdfast.lint.rendered import template_of
from holdfast.lint.world import World
from holdfast.model.dockerfile import Dockerfile
from holdfast.model.hazard import (
    Examined,
    Hazard,
    Inspection,
    Place,
    Suppressed,
    Unexamined,
    UnexaminedReason,
)
from holdfast.model.rule import Audience
from holdfast.sources.dockerfile.read_dockerfile import read_dockerfile
from holdfast.sources.kept_documents import KeptDocuments
from holdfast.sources.manifest_stream import read_stream
from holdfast.sources.suppressions import commented_ignores, ignores_of_dockerfile


class Wanted(msgspec.Struct, frozen=True):
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
    images: tuple[KnownImage, ...] = ()
    schema: ApiSchema | None = None
    """What is asked whether the API accepts an object."""
    builds: Builds = LAST_STAGES
    """What is built of which Dockerfile."""

    def selects(self, entry: Entry) -> bool:
        """Whether a rule runs."""
        rule = entry.rule
        if rule.since is not None and rule.since > self.kubelet.version:
            return False
        if self.schema is None and entry.checks.keys() == {"check_refusals"}:
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
        self._model = Model(wanted.kubelet) if wanted.replays else None
        self._examiner = Examiner(self._entries)
        self._documents = KeptDocuments()
        self._world = World(_world_of(wanted.against), wanted.images)
        self._unexamined: list[Unexamined] = []
        self._hazards: dict[tuple[str, Place], Hazard] = {}
        self._acceptance = Acceptance(wanted.accepted)
        self._dockerfiles: list[Dockerfile] = []
        self._scripts: dict[str, dict[str, BuildFile]] = defaultdict(dict)
        self._counts: Counter[str] = Counter()
        self._unvalidated: list[ObjectSubject] = []
        self._kustomized: frozenset[str] = frozenset()

    def inspect(self, files: Iterable[TextFile | Unexamined]) -> Inspection:
        files = list(files)
        patches = patches_among(files)
        if self._wanted.schema is not None:
            self._kustomized = resources_among(files)
        for file in files:
            if isinstance(file, Unexamined):
                self._unexamined.append(file)
            elif is_among(file.name, patches):
                self._counts["files"] += 1
                self._unexamined.append(not_examined(file))
            else:
                self._read(file)
        if self._wanted.schema is not None:
            self._validate_custom(self._wanted.schema)
        self._keep(self._examiner.examine_together(self._world))
        builds = built_images(self._dockerfiles, self._scripts, self._wanted.builds)
        for build in builds:
            self._keep(self._examiner.examine_dockerfile(build, self._world))
        unused = self._unused_images()
        for known in unused:
            self._keep(self._examiner.examine_image(known))
        self._counts["images_unused"] = len(unused)
        self._counts["dockerfiles"] = len(self._dockerfiles)
        self._counts["images"] = len(self._wanted.images)
        hazards = _together(self._hazards)
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
            examined=Examined(**self._counts, not_validated=self._not_validated()),
            rules_run=len(self._entries),
            rules_off=self._off,
        )

    def _unused_images(self) -> list[KnownImage]:
        """The images that no container of the run runs."""
        used = {
            id(self._world.images.of(container))
            for pod in (self._world.pods if self._wanted.images else ())
            for container in pod.containers
        }
        return [known for known in self._wanted.images if id(known) not in used]

    def _read(self, file: TextFile) -> None:
        self._counts["files"] += 1
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
            self._counts["documents"] += 1
            kept = self._documents.keep(document)
            self._keep(self._examiner.examine_document(kept))
            for subject in objects_of(kept):
                self._examine(subject)

    def _examine(self, subject: ObjectSubject) -> None:
        pods = self._world.add(subject)
        self._counts["objects"] += 1
        self._counts["workloads"] += len(pods)
        self._counts["containers"] += sum(len(pod.containers) for pod in pods)
        self._acceptance.add_annotations(subject, pods)
        self._keep(self._examiner.examine_object(subject, pods))
        if self._wanted.schema is not None:
            self._validate(subject, self._wanted.schema)

    def _not_validated(self) -> dict[str, int]:
        """Objects of kinds without a schema; without schemas, those that no rule looks at."""
        if self._wanted.schema is not None:
            return dict(Counter(subject.kind for subject in self._unvalidated))
        return dict(self._world.not_validated())

    def _validate_custom(self, schema: ApiSchema) -> None:
        """The objects whose definitions may have come behind them."""
        unvalidated, self._unvalidated = self._unvalidated, []
        definitions = self._world.of_kind("CustomResourceDefinition")
        custom = schema.of_custom_kinds(definitions if unvalidated else ())
        for subject in unvalidated:
            self._validate(subject, custom)

    def _validate(self, subject: ObjectSubject, schema: KindSchemas) -> None:
        refusals = schema.refusals(subject.api_version, subject.kind, subject.value)
        if refusals is None:
            self._unvalidated.append(subject)
        else:
            if is_among(subject.file, self._kustomized):
                refusals = tuple(msgspec.structs.replace(one, sure=False) for one in refusals)
            self._counts["validated"] += 1
            self._keep(self._examiner.examine_refusals(subject, refusals))

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
                hazard = _hazard(outcome)
                key = (hazard.fingerprint, hazard.place)
                if key not in self._hazards:
                    self._hazards[key] = self._mended(hazard, outcome.problem)
                continue
            error = f"{type(outcome.error).__name__}: {outcome.error}"
            what = f"{outcome.rule.id} on {outcome.subject}: {error}; this is a defect of holdfast"
            self._unexamined.append(
                Unexamined(UnexaminedReason.RULE_CRASHED, outcome.file, outcome.line, what)
            )

    def _mended(self, hazard: Hazard, problem: Problem) -> Hazard:
        mending, shown = mended(problem, self._model)
        return msgspec.structs.replace(hazard, mending=mending, replayed=shown.replayed)


def _hazard(found: Found) -> Hazard:
    problem = found.problem
    owner = owner_of(problem.subject)
    subject = problem.subject
    return Hazard(
        rule=found.rule,
        message=problem.message,
        place=problem.place,
        kind=owner.kind if owner is not None else "",
        namespace=owner.namespace if owner is not None else "",
        name=owner.name if owner is not None else "",
        container=subject.name if isinstance(subject, ContainerSubject) else "",
        less_sure=problem.less_sure,
        template=template_of(owner) if owner is not None else "",
    )


def _world_of(files: tuple[TextFile, ...]) -> World | None:
    """The objects that can be read; what cannot be is no business of this run."""
    if not files:
        return None
    world, documents = World(), KeptDocuments()
    for file in files:
        for document in read_stream(file.text, file.name):
            if not isinstance(document, Unexamined):
                for subject in objects_of(documents.keep(document)):
                    world.add(subject)
    return world


def _together(hazards: dict[tuple[str, Place], Hazard]) -> list[Hazard]:
    """Hazards of one fingerprint as one, in the order in which they were found."""
    groups: dict[str, list[Hazard]] = defaultdict(list)
    for (fingerprint, _), hazard in hazards.items():
        groups[fingerprint].append(hazard)
    return [_as_one(*group) for group in groups.values()]


def _as_one(first: Hazard, *others: Hazard) -> Hazard:
    """The places of the others stand beside the first one's."""
    if not others:
        return first
    mending = first.mending
    if mending is not None:
        edits = [edit for one in others if one.mending for edit in one.mending.edits]
        mending = msgspec.structs.replace(mending, edits=(*mending.edits, *edits))
    also = tuple(one.place for one in others)
    return msgspec.structs.replace(first, also_at=also, mending=mending)


def _order(hazard: Hazard) -> tuple[int, str, int, int, str]:
    span = hazard.place.span
    return (hazard.rule.severity.rank, hazard.place.file, span.line, span.column, hazard.rule.id)
