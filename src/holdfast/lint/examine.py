"""Runs rules over objects.

Rules: each rule sees each subject alone; one that crashes there is told with its name and place,
and all others go on (rules.md 2.4). The order of what is found is that of the objects.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from holdfast.lint.built_containers import containers_of
from holdfast.lint.catalogue import CHECKS, Entry
from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.documents import ObjectSubject, Source
from holdfast.lint.images import ImageSubject, KnownImage
from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Problem
from holdfast.lint.refusals import Refusal
from holdfast.lint.start import Start
from holdfast.lint.world import World
from holdfast.model.rule import Rule


class Found(NamedTuple):
    """A problem and the rule that found it."""

    rule: Rule
    problem: Problem


class Crash(NamedTuple):
    """A rule that failed on one subject."""

    rule: Rule
    file: str
    line: int
    subject: str
    error: Exception


class _About(NamedTuple):
    """Whom a check is asked about, for the report of a crash."""

    file: str
    name: str
    owner: ObjectSubject | None = None


class Examiner:
    """Runs the checks of some rules."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """`entries` are the rules that run."""
        self._by_check = {
            name: [entry for entry in entries if name in entry.checks] for name in CHECKS
        }

    def examine_document(self, document: Source) -> Iterator[Found | Crash]:
        """What rules about the text itself find."""
        about = _About(document.file, f"document {document.index + 1}")
        yield from self._run("check_document", (document,), about)

    def examine_dockerfile(
        self, dockerfile: DockerfileSubject, world: World
    ) -> Iterator[Found | Crash]:
        """What all rules find in a Dockerfile, and in the containers of `world` that run it."""
        about = _About(dockerfile.parsed.file, "the Dockerfile")
        yield from self._run("check_dockerfile", (dockerfile,), about)
        if dockerfile.final is None:
            return
        start = Start(dockerfile.final, tuple(containers_of(dockerfile, world)))
        yield from self._run("check_start", (start,), about)
        for container in start.containers:
            inside = about._replace(name=f"the Dockerfile and container {container.name}")
            yield from self._run("check_built_container", (start, container), inside)

    def examine_object(
        self, subject: ObjectSubject, pods: Sequence[PodSubject]
    ) -> Iterator[Found | Crash]:
        """What rules find in an object and in its pods alone."""
        about = _About(subject.file, str(subject), subject)
        yield from self._run("check_object", (subject,), about)
        for pod in pods:
            yield from self._run("check_pod", (pod,), about)
            for container in pod.containers:
                inside = about._replace(name=f"{subject} container {container.name}")
                yield from self._run("check_container", (container,), inside)

    def examine_refusals(
        self, subject: ObjectSubject, refusals: Sequence[Refusal]
    ) -> Iterator[Found | Crash]:
        """What rules make of what the schema of Kubernetes refuses."""
        about = _About(subject.file, str(subject), subject)
        yield from self._run("check_refusals", (subject, refusals), about)

    def examine_together(self, world: World) -> Iterator[Found | Crash]:
        """What rules find that look at all objects of the run."""
        for pod in world.pods:
            about = _About(pod.owner.file, str(pod.owner), pod.owner)
            yield from self._run("check_pod_in", (pod, world), about)
            for container in pod.containers:
                inside = about._replace(name=f"{pod.owner} container {container.name}")
                yield from self._run("check_container_in", (container, world), inside)
                known = world.images.of(container)
                if known is not None:
                    subject = ImageSubject(known, container)
                    yield from self._run("check_image", (subject,), inside)
        yield from self._run("check_world", (world,), _About("", "all objects together"))

    def examine_image(self, known: KnownImage) -> Iterator[Found | Crash]:
        """What rules find in an image alone."""
        about = _About(known.image.name, "the image")
        yield from self._run("check_image", (ImageSubject(known),), about)

    def _run(
        self, check: str, subjects: tuple[object, ...], about: _About
    ) -> Iterator[Found | Crash]:
        for entry in self._by_check[check]:
            try:
                for problem in entry.checks[check](*subjects):
                    yield Found(entry.rule, problem)
            except Exception as error:  # noqa: BLE001 - one rule's defect hides no other finding
                line = about.owner.at().span.line if about.owner is not None else 0
                yield Crash(entry.rule, about.file, line, about.name, error)
