"""What `holdfast tag` reads: tags from git or from standard input, and images from manifests."""

import sys
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.cli.manifest_files import TextFile, read_files
from holdfast.lint.documents import ObjectSubject, objects_of
from holdfast.lint.placement import Placed, placed_object, placed_pod
from holdfast.lint.pods import pods_of
from holdfast.model.environment import environment_of_place
from holdfast.model.hazard import Place, Unexamined
from holdfast.model.image_reference import parse_reference
from holdfast.model.regex import regex
from holdfast.sources.git_repository import GitRepository
from holdfast.sources.manifest_stream import read_stream
from holdfast.tags.next_tag import State, TagAt, Wish, last_release, newest_tag
from holdfast.tags.verify import Use

# "3f2a… refs/tags/v1.2.0" of git ls-remote and git show-ref, or a name alone of git tag.
_LINE = regex(r"(?:(?P<commit>[0-9a-f]{40,64})\s+)?(?:refs/tags/)?(?P<name>\S+)")


class UsedImage(NamedTuple):
    """An image of a manifest and where it stands."""

    use: Use
    at: Place


def state_of_repository(repository: GitRepository, wish: Wish, remote: str | None) -> State:
    """Everything that the next tag depends on."""
    head = repository.head()
    tags = tuple(TagAt(*tag) for tag in repository.tags())
    newest, since = newest_tag(tags, wish), last_release(tags, wish)
    commits = repository.commits(since.commit if since is not None else "", head)
    return State(
        tags=tags,
        head=head,
        is_shallow=repository.is_shallow,
        changed=repository.changed_files(),
        messages=tuple(commit.message for commit in commits),
        head_has_newest=newest is None or repository.contains(newest.commit, in_=head),
        remote=remote_tags(repository, remote),
    )


def state_of_standard_input() -> State:
    """Tags as `git tag`, `git show-ref --tags` or `git ls-remote --tags` print them."""
    found: dict[str, TagAt] = {}
    for line in sys.stdin.buffer.read().decode("utf-8", errors="replace").splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is not None:
            name = match["name"].removesuffix("^{}")
            found[name] = TagAt(name, match["commit"] or "")
    return State(tags=tuple(found.values()))


def remote_tags(repository: GitRepository, remote: str | None) -> tuple[TagAt, ...] | None:
    """The tags of a remote; None where it is not to be asked."""
    if remote is None:
        return None
    return tuple(TagAt(*tag) for tag in repository.remote_tags(remote))


def images_of(
    named: tuple[str, ...], repositories: frozenset[str], environment: str | None
) -> tuple[UsedImage, ...]:
    """The images of these repositories in pods and kustomizations.

    Raises InputError for a path that is not there.
    """
    told = environment_of_place(environment or "")
    given = Placed(told.stage, f"--environment {environment}") if told is not None else None
    found = []
    for subject in _objects(named):
        for image, place, at in _images(subject):
            reference = parse_reference(image)
            if reference.repository in repositories:
                place = given or place  # noqa: PLW2901 - what was said comes before what was found
                stage, where = place if place is not None else (None, "")
                found.append(UsedImage(Use(reference, stage, where), at))
    return tuple(found)


def _objects(named: tuple[str, ...]) -> Iterator[ObjectSubject]:
    for file in read_files(named):
        if isinstance(file, TextFile):
            for document in read_stream(file.text, file.name):
                if not isinstance(document, Unexamined):
                    yield from objects_of(document)


def _images(subject: ObjectSubject) -> Iterator[tuple[str, Placed | None, Place]]:
    for pod in pods_of(subject):
        for container in pod.containers:
            yield container.spec.image, placed_pod(pod), container.at("image")
    if subject.kind == "Kustomization":
        for index, entry in enumerate(subject.items("images")):
            if isinstance(entry, dict):
                name = entry.get("newName") or entry.get("name")
                image = f"{name}:{entry['newTag']}" if "newTag" in entry else str(name)
                at = subject.at("images", index, "newTag")
                yield image, placed_object(subject), at
