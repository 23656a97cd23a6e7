"""The tag is made for an earlier environment than the one it is deployed to.

What happens
------------
What was built for trying out serves users: dev-v1.2.0 in production, or in staging.

Why it hurts
------------
Debug settings, missing tests, and a tag that is built anew at any time.

How we know
-----------
A word of the tag (dev-v1.2.0, 1.2.0-rc.1) against the namespace, the environment labels and the
overlay (overlays/prod/), also in the images of a kustomization. In production the repository counts
as well.

What else it could be
---------------------
A name that means something else.

Fix
---
The tag of the same version for that environment: v1.2.0 instead of dev-v1.2.0. `holdfast tag next
--environment production --promote dev` computes it.

When the fix is wrong
---------------------
Where the words mean something else.

References
----------
docs/specs/rules.md HF504, docs/specs/rules.md 10.4.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.placement import Placed, placed_object, placed_pod
from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.environment import Stage, environment_of_tag
from holdfast.model.image_reference import ImageReference, parse_reference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF504",
    "an image of an earlier environment",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("F01",),
)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """An image that has not come as far as the place of its pod."""
    for container in pod.containers:
        reference = parse_reference(container.spec.image)
        if environment_of_tag(reference.tag) or environment_of_tag(reference.repository):
            message = _mismatch(reference, placed_pod(pod))
            if message:
                yield container.problem(message, "image", fix=_FIX)


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """The tags that a kustomization writes into its images."""
    if subject.kind != "Kustomization":
        return
    for index, image in enumerate(subject.items("images")):
        tag = image.get("newTag") if isinstance(image, dict) else None
        if isinstance(tag, str):
            name = str(image.get("newName") or image.get("name") or "")
            message = _mismatch(parse_reference(f"{name}:{tag}"), placed_object(subject))
            if message:
                yield subject.problem(message, "images", index, "newTag", fix=_FIX)


_FIX = Fix("the tag of that version for that environment")


def _mismatch(reference: ImageReference, place: Placed | None) -> str:
    if place is None:
        return ""
    found = environment_of_tag(reference.tag)
    if found is None and place.stage is Stage.PRODUCTION:
        found = environment_of_tag(reference.repository)
    if found is None or found.stage >= place.stage:
        return ""
    return f"{found.word} in {reference.text}, deployed to {place.told}"
