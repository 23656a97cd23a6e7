"""Runs rules over objects.

Rules: each rule sees each subject alone; one that crashes there is told with its name and place,
and all others go on (rules.md 2.4). The order of what is found is that of the objects.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import cast

import msgspec

from holdfast.lint.built_containers import containers_of
from holdfast.lint.catalogue import CHECKS, Check, Entry
from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.documents import ObjectSubject, Source
from holdfast.lint.images import ImageSubject, KnownImage
from holdfast.lint.parts import PARTS, PARTS_IN, Subjects
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Problem
from holdfast.lint.refusals import Refusal
from holdfast.lint.start import Start
from holdfast.lint.world import World
from holdfast.model.rule import Rule


class Found(msgspec.Struct, frozen=True):
    """A problem and the rule that found it."""

    rule: Rule
    problem: Problem


class Crash(msgspec.Struct, frozen=True):
    """A rule that failed on one subject."""

    rule: Rule
    file: str
    line: int
    subject: str
    error: Exception


Outcome = Found | Crash
_Rules = list[tuple[Rule, Check]]


class Examiner:
    """Runs the checks of some rules."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """`entries` are the rules that run."""
        self._rules: dict[str, _Rules] = {
            name: [(entry.rule, entry.checks[name]) for entry in entries if name in entry.checks]
            for name in CHECKS
        }
        self._entries = entries
        self._for_kind: dict[tuple[str, str], _Rules] = {}
        self._parts = [(find, self._rules[n]) for n, find in PARTS.items() if self._rules[n]]
        self._parts_in = [(find, self._rules[n]) for n, find in PARTS_IN.items() if self._rules[n]]

    def examine_document(self, source: Source) -> list[Outcome]:
        """What rules about the text itself find."""
        return self._run("check_odd_keys", source) if source.has_odd_keys else []

    def examine_dockerfile(self, dockerfile: DockerfileSubject, world: World) -> Iterator[Outcome]:
        """What all rules find in a Dockerfile, and in the containers of `world` that run it."""
        yield from self._run("check_dockerfile", dockerfile)
        if dockerfile.final is None:
            return
        start = Start(dockerfile.final, tuple(containers_of(dockerfile, world)))
        yield from self._run("check_start", start)
        for container in start.containers:
            yield from self._run("check_built_container", start, container)

    def examine_object(
        self, subject: ObjectSubject, pods: Sequence[PodSubject]
    ) -> Iterator[Outcome]:
        """What rules find in an object and in its pods alone."""
        yield from _ask(self._of_kind("check_object", subject.kind), (subject,))
        for pod in pods:
            yield from _ask(self._of_kind("check_pod", pod.kind), (pod,))
            for container in pod.containers:
                yield from _ask_of_parts(self._parts, (container,))

    def examine_refusals(
        self, subject: ObjectSubject, refusals: Sequence[Refusal]
    ) -> list[Outcome]:
        """What rules make of what the schema of Kubernetes refuses."""
        return self._run("check_refusals", subject, refusals)

    def examine_together(self, world: World) -> Iterator[Outcome]:
        """What rules find that look at all objects of the run."""
        for pod in world.pods:
            yield from _ask(self._of_kind("check_pod_in", pod.kind), (pod, world))
            for container in pod.containers:
                yield from _ask_of_parts(self._parts_in, (container, world))
        yield from self._run("check_world", world)

    def examine_image(self, known: KnownImage) -> list[Outcome]:
        """What rules find in an image alone."""
        return self._run("check_image", ImageSubject(known))

    def _of_kind(self, check: str, kind: str) -> _Rules:
        """The rules of a check that are about objects of a kind."""
        key = (check, kind)
        if key not in self._for_kind:
            asked = (e for e in self._entries if check in e.checks)
            self._for_kind[key] = [
                (entry.rule, entry.checks[check])
                for entry in asked
                if not entry.kinds or kind in entry.kinds
            ]
        return self._for_kind[key]

    def _run(self, check: str, *subjects: object) -> list[Outcome]:
        return _ask(self._rules[check], subjects)


def _ask(rules: _Rules, subjects: tuple[object, ...]) -> list[Outcome]:
    found: list[Outcome] = []
    for rule, check in rules:
        try:
            for problem in check(*subjects):
                found.append(Found(rule, problem))  # noqa: PERF401 - a crash keeps those before it
        except Exception as error:  # noqa: BLE001 - one rule's defect hides no other finding
            found.append(_crash(rule, subjects, error))
    return found


def _ask_of_parts(
    parts: Sequence[tuple[Callable[..., Subjects], _Rules]], whole: tuple[object, ...]
) -> list[Outcome]:
    found: list[Outcome] = []
    for find, rules in parts:
        try:
            there = find(*whole)
        except Exception as error:  # noqa: BLE001 - as above, for all rules about such a part
            found += [_crash(rule, whole, error) for rule, _ in rules]
            continue
        for subjects in there:
            found += _ask(rules, subjects)
    return found


def _crash(rule: Rule, subjects: tuple[object, ...], error: Exception) -> Crash:
    file, line, told = _about(subjects)
    return Crash(rule, file, line, told, error)


def _about(subjects: tuple[object, ...]) -> tuple[str, int, str]:
    """(file, line, name) of what a check was asked about."""
    subject, container = subjects[0], subjects[-1]
    if isinstance(subject, ImageSubject) and subject.container is not None:
        subject = subject.container
    match subject:
        case ObjectSubject():
            return subject.file, subject.at().span.line, str(subject)
        case PodSubject():
            return _about((subject.owner,))
        case ContainerSubject():
            file, line, owner = _about((subject.pod,))
            return file, line, f"{owner} container {subject.name}"
        case DockerfileSubject():
            return subject.parsed.file, 0, "the Dockerfile"
        case Start():
            file, line, told = _about((subject.stage.dockerfile,))
            if isinstance(container, ContainerSubject):
                told += f" and container {container.name}"
            return file, line, told
        case ImageSubject():
            return subject.image.name, 0, "the image"
        case World():
            return "", 0, "all objects together"
    source = cast("Source", subject)
    return source.file, 0, f"document {source.index + 1}"
