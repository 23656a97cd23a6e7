"""Runs rules over objects.

Rules: each rule sees each subject alone; one that crashes there is told with its name and place,
and all others go on (rules.md 2.4). The order of what is found is that of the objects.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from holdfast.lint.catalogue import Entry
from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Problem
from holdfast.lint.start import Start
from holdfast.lint.world import World
from holdfast.model.document import Document
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


def examine_document(document: Document, entries: Sequence[Entry]) -> Iterator[Found | Crash]:
    """What rules about the text itself find."""
    about = _About(document.file, f"document {document.index + 1}")
    for entry in entries:
        if "check_document" in entry.checks:
            yield from _run(entry, "check_document", (document,), about)


def examine_dockerfile(
    dockerfile: DockerfileSubject, world: World, entries: Sequence[Entry]
) -> Iterator[Found | Crash]:
    """What all rules find in a Dockerfile; `world` holds the objects of the same run."""
    about = _About(dockerfile.parsed.file, "the Dockerfile")
    start = Start(dockerfile.final) if dockerfile.final is not None else None
    for entry in entries:
        if "check_dockerfile" in entry.checks:
            yield from _run(entry, "check_dockerfile", (dockerfile,), about)
        if "check_dockerfile_in" in entry.checks:
            yield from _run(entry, "check_dockerfile_in", (dockerfile, world), about)
        if "check_start" in entry.checks and start is not None:
            yield from _run(entry, "check_start", (start,), about)


def examine(world: World, entries: Sequence[Entry]) -> Iterator[Found | Crash]:
    """What all rules find in the objects of a run."""
    by_check = {
        name: [entry for entry in entries if name in entry.checks]
        for name in {name for entry in entries for name in entry.checks}
    }
    for subject in world.objects:
        about = _About(subject.document.file, str(subject), subject)
        yield from _run_all(by_check, "check_object", (subject,), about)
    for pod in world.pods:
        about = _About(pod.owner.document.file, str(pod.owner), pod.owner)
        yield from _run_all(by_check, "check_pod", (pod,), about)
        yield from _run_all(by_check, "check_pod_in", (pod, world), about)
        for container in pod.containers:
            name = f"{pod.owner} container {container.name}"
            inside = about._replace(name=name)
            yield from _run_all(by_check, "check_container", (container,), inside)
            yield from _run_all(by_check, "check_container_in", (container, world), inside)
    everything = _About("", "all objects together")
    yield from _run_all(by_check, "check_world", (world,), everything)


def _run_all(
    by_check: dict[str, list[Entry]], name: str, subjects: tuple[object, ...], about: _About
) -> Iterator[Found | Crash]:
    for entry in by_check.get(name, ()):
        yield from _run(entry, name, subjects, about)


def _run(
    entry: Entry, name: str, subjects: tuple[object, ...], about: _About
) -> Iterator[Found | Crash]:
    try:
        for problem in entry.checks[name](*subjects):
            yield Found(entry.rule, problem)
    except Exception as error:  # noqa: BLE001 - one rule's defect hides no other finding
        line = about.owner.at().span.line if about.owner is not None else 0
        yield Crash(entry.rule, about.file, line, about.name, error)
