"""Containers of the set run different versions of one image, or one tag means two images.

What happens
------------
A migration and its program, or a worker and its server, do not fit together. One tag with two
digests was moved in between: what was tested is not what is deployed.

Why it hurts
------------
Errors that only one of the two has.

How we know
-----------
The repositories and tags of one namespace; the digests beside one tag anywhere in the set, and in
what is deployed now (`--against`).

What else it could be
---------------------
Two versions that are meant, such as a canary.

Fix
---
The same tag in all places, and a tag that is never moved: a new build is a new version.

When the fix is wrong
---------------------
For canaries and side by side versions.

References
----------
docs/specs/rules.md HF509.
"""

from collections.abc import Callable, Iterable, Iterator

from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.image_reference import Firmness, ImageReference, parse_reference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF509",
    "one repository with two tags in one release, or one tag with two digests",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("F16",),
)

_DIGEST_SHOWN = len("sha256:") + 12


def check_world(world: World) -> Iterator[Problem]:
    """Repositories with several tags in one release, and tags with several digests."""
    yield from _two_tags(world)
    yield from _two_digests(world)


def _two_tags(world: World) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], str] = {}
    for container, reference in _images(world, _release_of):
        part_of = _release_of(container.pod)
        if not reference.tag:
            continue
        key = (container.pod.namespace, part_of, reference.repository)
        first = seen.setdefault(key, reference.tag)
        if first != reference.tag:
            yield container.problem(
                f"{reference.repository} runs as {reference.tag} here and as {first} elsewhere "
                f"in {part_of}",
                "image",
                fix=Fix("the same tag in all places"),
            )


def _two_digests(world: World) -> Iterator[Problem]:
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    if world.before is not None:
        _note(seen, _images(world.before, _pins), "in what is deployed")
    for container, reference in _images(world, _pins):
        key = (reference.repository, reference.tag)
        known = seen.get(key)
        if known is not None and _pinned(reference) and known[0] != reference.digest:
            yield container.problem(
                f"{reference.repository}:{reference.tag} is {_short(reference.digest)} here and "
                f"{_short(known[0])} {known[1]}: the tag was moved",
                "image",
                fix=Fix("a new tag for the new build"),
            )
        _note(seen, [(container, reference)], f"in {container.pod.owner}")


def _note(
    seen: dict[tuple[str, str], tuple[str, str]],
    images: Iterable[tuple[ContainerSubject, ImageReference]],
    where: str,
) -> None:
    for _, reference in images:
        if _pinned(reference):
            seen.setdefault((reference.repository, reference.tag), (reference.digest, where))


def _images(
    world: World, wanted: Callable[[PodSubject], object]
) -> Iterator[tuple[ContainerSubject, ImageReference]]:
    for pod in world.pods:
        for container in pod.containers if wanted(pod) else ():
            yield container, parse_reference(container.spec.image)


def _release_of(pod: PodSubject) -> str:
    return pod.labels.get("app.kubernetes.io/part-of", "")


def _pins(pod: PodSubject) -> bool:
    """Whether any image has a digest: few do."""
    return any("@" in container.spec.image for container in pod.containers)


def _pinned(reference: ImageReference) -> bool:
    """A channel such as latest is moved on purpose; a version is not."""
    moves = reference.tag in ("", "latest")
    return reference.firmness is Firmness.DIGEST and not moves


def _short(digest: str) -> str:
    return digest[:_DIGEST_SHOWN]
