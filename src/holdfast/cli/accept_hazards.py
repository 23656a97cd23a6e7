"""Hazards that somebody accepted: by a comment, an annotation, or the configuration.

Rules: always with a reason. A comment or an annotation that accepts nothing, or gives no reason, is
told, because it hides what comes there next (rules.md 14).
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch

import msgspec

from holdfast.lint.documents import ObjectSubject, texts
from holdfast.lint.pods import PodSubject
from holdfast.model.hazard import Hazard, Place, UnusedIgnore
from holdfast.sources.suppressions import CommentedIgnore

_ANNOTATION = "holdfast.dev/ignore"


class Accepted(msgspec.Struct, frozen=True):
    """A hazard that a configuration accepts: a rule, a glob of paths, and why."""

    rule: str
    path: str
    reason: str


class _Ignore(msgspec.Struct, frozen=True):
    """What one comment or annotation accepts: of a line, or of a whole object."""

    file: str
    line: int
    rule: str
    reason: str


# A line (file, line) or an object (kind, namespace, name).
_About = tuple[str, int] | tuple[str, str, str]


class Acceptance:
    """Everything that accepts hazards in one run, and what of it was of use."""

    def __init__(self, accepted: tuple[Accepted, ...]) -> None:
        """`accepted` is what the configuration says."""
        self._accepted = accepted
        self._ignores: dict[tuple[str, _About], list[_Ignore]] = {}
        self._all: list[_Ignore] = []
        self._used: set[_Ignore] = set()

    def add_comments(self, file: str, comments: Iterable[CommentedIgnore]) -> None:
        """The comments of one file."""
        for one in comments:
            lines = range(one.about, max(one.about, one.until) + 1)
            ignore = _Ignore(file, one.line, one.rule, one.reason)
            self._add(ignore, [(file, line) for line in lines])

    def add_annotations(self, subject: ObjectSubject, pods: Iterable[PodSubject]) -> None:
        """The annotations of an object and of its pod templates."""
        self._add_annotations(subject, ())
        for pod in pods:
            if pod.path[:-1]:
                self._add_annotations(subject, pod.path[:-1])

    def reason(self, hazard: Hazard) -> str:
        """Why a hazard is accepted at every place that it has; "" where it is not."""
        places = (hazard.place, *hazard.also_at)
        reasons = [self._reason_at(hazard, place) for place in places]
        return reasons[0] if all(reasons) else ""

    def unused(self, ran: frozenset[str]) -> Iterator[UnusedIgnore]:
        """Comments and annotations of rules that ran which accepted nothing, or give no reason."""
        for one in self._all:
            if not one.reason:
                why = "it gives no reason, so it accepts nothing"
            elif one.rule in ran and one not in self._used:
                why = "nothing to accept there; take it out"
            else:
                continue
            yield UnusedIgnore(one.file, one.line, one.rule, why)

    def _add(self, ignore: _Ignore, abouts: Iterable[_About]) -> None:
        self._all.append(ignore)
        for about in abouts:
            self._ignores.setdefault((ignore.rule, about), []).append(ignore)

    def _add_annotations(self, owner: ObjectSubject, template: tuple[str | int, ...]) -> None:
        path = (*template, "metadata", "annotations")
        about = (owner.kind, owner.namespace, owner.name)
        for name, text in texts(owner.get(*path)).items():
            for rule, reason in _rules_of(name, text):
                place = owner.at(*path, name)
                self._add(_Ignore(place.file, place.span.line, rule, reason), [about])

    def _reason_at(self, hazard: Hazard, place: Place) -> str:
        of_line: _About = (place.file, place.span.line)
        of_object: _About = (hazard.kind, hazard.namespace, hazard.name)
        ignores = [
            ignore
            for about in (of_line, of_object)
            for ignore in self._ignores.get((hazard.rule.id, about), ())
        ]
        self._used.update(ignores)
        reasons = (ignore.reason for ignore in ignores if ignore.reason)
        return next(reasons, "") or self._configured(hazard, place)

    def _configured(self, hazard: Hazard, place: Place) -> str:
        for one in self._accepted:
            if one.rule == hazard.rule.id and fnmatch(place.file, one.path):
                return one.reason
        return ""


def _rules_of(name: str, text: str) -> Iterable[tuple[str, str]]:
    """Rules and reasons of one annotation: a line each, or one rule in the name."""
    if name == _ANNOTATION:
        for line in text.splitlines():
            rule, _, reason = line.strip().partition(" ")
            yield rule, reason.strip()
    elif name.startswith(_ANNOTATION + "."):
        yield name.removeprefix(_ANNOTATION + "."), text.strip()
