"""A reference without a tag means latest.

What happens
------------
Each node pulls whatever latest is at that moment.

Why it hurts
------------
A pod that is moved to another node runs another version than its neighbours; nobody can go back.

How we know
-----------
The reference, with ports told from tags; a Kustomization of the set may give the image a tag.

What else it could be
---------------------
A registry of one's own that never changes latest.

Fix
---
The version that was tested, better with its digest.

When the fix is wrong
---------------------
Never in a manifest that is deployed.

References
----------
docs/specs/rules.md HF501, docs/specs/rules.md 10.4.
"""

from collections.abc import Iterator

from holdfast.lint.kustomized import own_reference
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.image_reference import Firmness
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF501",
    "the image has no tag",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("F01", "B08"),
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """The container's own reference."""
    reference = own_reference(container, world)
    if reference is not None and reference.firmness is Firmness.UNTAGGED:
        yield container.problem(
            f"{container.spec.image} means latest: the version depends on when a node pulled it",
            "image",
            fix=Fix("the version that was tested"),
        )
