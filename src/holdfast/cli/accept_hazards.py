"""Hazards that somebody accepted: by a comment, an annotation, or the configuration.

Rules: always with a reason. A comment or an annotation that accepts nothing, or gives no reason, is
told, because it hides what comes there next (rules.md 14).
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from typing import NamedTuple

from holdfast.lint.documents import ObjectSubject, texts
from holdfast.lint.world import World
from holdfast.model.hazard import Hazard, Place, UnusedIgnore
from holdfast.sources.suppressions import CommentedIgnore

_ANNOTATION = "holdfast.dev/ignore"


class Accepted(NamedTuple):
    """A hazard that a configuration accepts: a rule, a glob of paths, and why."""

    rule: str
    path: str
    reason: str


class _Ignore(NamedTuple):
    """What one comment or annotation accepts: of a line, or of a whole object."""

    file: str
    line: int
    rule: str
    reason: str
    about_lines: tuple[int, int] = (0, 0)
    about_object: tuple[str, str, str] = ("", "", "")

    def accepts(self, hazard: Hazard, place: Place) -> bool:
        """Whether a hazard at one of its places is meant."""
        if self.rule != hazard.rule.id:
            return False
        first, last = self.about_lines
        if first:
            return self.file == place.file and first <= place.span.line <= last
        return self.about_object == (hazard.kind, hazard.namespace, hazard.name)


class Acceptance:
    """Everything that accepts hazards in one run, and what of it was of use."""

    def __init__(self, accepted: tuple[Accepted, ...]) -> None:
        """`accepted` is what the configuration says."""
        self._accepted = accepted
        self._ignores: dict[str, list[_Ignore]] = {}
        self._used: set[_Ignore] = set()

    def add_comments(self, file: str, comments: Iterable[CommentedIgnore]) -> None:
        """The comments of one file."""
        for one in comments:
            about = (one.about, max(one.about, one.until))
            self._add(_Ignore(file, one.line, one.rule, one.reason, about_lines=about))

    def add_annotations(self, world: World) -> None:
        """The annotations of all objects and pod templates."""
        for subject in world.objects:
            self._add_annotations(subject, ())
        for pod in world.pods:
            if pod.path[:-1]:
                self._add_annotations(pod.owner, pod.path[:-1])

    def reason(self, hazard: Hazard) -> str:
        """Why a hazard is accepted at every place that it has; "" where it is not."""
        places = (hazard.place, *hazard.also_at)
        reasons = [self._reason_at(hazard, place) for place in places]
        return reasons[0] if all(reasons) else ""

    def unused(self, ran: frozenset[str]) -> Iterator[UnusedIgnore]:
        """Comments and annotations of rules that ran which accepted nothing, or give no reason."""
        for ignores in self._ignores.values():
            for one in ignores:
                if not one.reason:
                    why = "it gives no reason, so it accepts nothing"
                elif one.rule in ran and one not in self._used:
                    why = "nothing to accept there; take it out"
                else:
                    continue
                yield UnusedIgnore(one.file, one.line, one.rule, why)

    def _add(self, ignore: _Ignore) -> None:
        self._ignores.setdefault(ignore.rule, []).append(ignore)

    def _add_annotations(self, owner: ObjectSubject, template: tuple[str | int, ...]) -> None:
        path = (*template, "metadata", "annotations")
        about = (owner.kind, owner.namespace, owner.name)
        for name, text in texts(owner.get(*path)).items():
            for rule, reason in _rules_of(name, text):
                place = owner.at(*path, name)
                self._add(_Ignore(place.file, place.span.line, rule, reason, about_object=about))

    def _reason_at(self, hazard: Hazard, place: Place) -> str:
        reason = ""
        for ignore in self._ignores.get(hazard.rule.id, ()):
            if ignore.accepts(hazard, place):
                self._used.add(ignore)
                reason = reason or ignore.reason
        return reason or self._configured(hazard, place)

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
