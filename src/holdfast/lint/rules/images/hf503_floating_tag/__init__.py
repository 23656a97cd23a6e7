"""The tag names a line of versions or a channel, not a version.

What happens
------------
1.27, stable or main mean another image after the next release.

Why it hurts
------------
Nodes run different versions under one name, and a restart may bring a new one.

How we know
-----------
The form of the tag.

What else it could be
---------------------
A registry whose tags never move.

Fix
---
A full version or a digest.

When the fix is wrong
---------------------
For tools whose every release is wanted.

References
----------
docs/specs/rules.md HF503, docs/specs/rules.md 10.4.
"""

from collections.abc import Iterator

from holdfast.lint.kustomized import own_reference
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.image_reference import Firmness
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF503",
    "the image's tag floats",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("F01",),
    audience=Audience.PLATFORM,
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """The container's own reference."""
    reference = own_reference(container, world)
    if reference is not None and reference.firmness is Firmness.FLOATING:
        yield container.problem(
            f"{reference.tag} means another image after the next release",
            "image",
            fix=Fix("a full version, or a digest"),
        )
