"""Whether the tag that a manifest names is the right one.

Rules: a tag fits the place it is deployed to, exists in git, names the same commit there as on the
remote, is the only one of its kind on that commit, and is the commit that earlier environments had
under the same version.
"""

from collections.abc import Iterable
from typing import NamedTuple

from holdfast.model.environment import Stage, environment_of_tag
from holdfast.model.image_reference import ImageReference
from holdfast.model.release_tag import ReleaseTag
from holdfast.tags.next_tag import TagAt


class Use(NamedTuple):
    """An image as a manifest names it; `stage` and `place` say where it is deployed to."""

    reference: ImageReference
    stage: Stage | None = None
    place: str = ""


class Complaint(NamedTuple):
    """What is wrong with a tag, and what to do."""

    what: str
    next_step: str


def verify(
    use: Use, tags: Iterable[TagAt], remote: Iterable[TagAt] | None = None
) -> tuple[Complaint, ...]:
    """Everything that is wrong with the tag of one image; empty where it is right."""
    reference = use.reference
    tag = ReleaseTag.parse(reference.tag)
    if tag is None:
        what = f"{reference.tag or 'no tag'} holds no version: nobody can say which commit runs"
        return (Complaint(what, "a tag such as v1.2.0 or dev-v1.2.0"),)
    here = {known.name: known.commit for known in tags}
    found = [*_misplaced(use, tag), *_moved(reference.tag, here, remote)]
    commit = here.get(reference.tag)
    if commit is None:
        what = f"git has no tag {reference.tag}"
        return (*found, Complaint(what, "git fetch --tags, or name a tag that was made"))
    return (*found, *_doubled(tag, commit, here), *_not_promoted(tag, commit, here))


def _misplaced(use: Use, tag: ReleaseTag) -> Iterable[Complaint]:
    if use.stage is None:
        return
    named = environment_of_tag(use.reference.tag)
    stage = named.stage if named is not None else tag.stage
    if stage is not None and stage < use.stage:
        what = f"{use.reference.tag} is made for {stage.name.lower()}, deployed to {use.place}"
        yield Complaint(what, "promote it: holdfast tag next --environment ... --promote ...")


def _moved(name: str, here: dict[str, str], remote: Iterable[TagAt] | None) -> Iterable[Complaint]:
    if remote is None:
        return
    there = {known.name: known.commit for known in remote}
    if name not in there:
        if name in here:
            yield Complaint(f"{name} is not on the remote", f"git push origin {name}")
    elif name in here and there[name] != here[name]:
        what = f"{name} was moved: {there[name][:12]} on the remote, {here[name][:12]} here"
        yield Complaint(what, "deploy a new version; a tag that was used is never moved")


def _doubled(tag: ReleaseTag, commit: str, here: dict[str, str]) -> Iterable[Complaint]:
    """Another release of the same environment on one commit: which of the two is it?"""
    for name, other in here.items():
        known = ReleaseTag.parse(name)
        if known is None or other != commit or known.environment != tag.environment:
            continue
        if known.version != tag.version and not known.version.pre and not tag.version.pre:
            yield Complaint(
                f"{name} is the same commit: one image has two versions",
                "keep the one that is deployed, and delete the other",
            )


def _not_promoted(tag: ReleaseTag, commit: str, here: dict[str, str]) -> Iterable[Complaint]:
    """The same version of an earlier environment has to be the same commit."""
    for name, other in here.items():
        known = ReleaseTag.parse(name)
        if known is None or known.version != tag.version or other == commit:
            continue
        if known.stage is not None and tag.stage is not None and known.stage < tag.stage:
            yield Complaint(
                f"{name} is {other[:12]} and {tag} is {commit[:12]}: what was tested is not this",
                f"promote the commit of {name}, or make a new version",
            )
