"""The tag latest means another image tomorrow.

What happens
------------
Each start of a pod pulls whatever latest is then: the default imagePullPolicy is Always.

Why it hurts
------------
A restart deploys a version that nobody chose; a rollback changes nothing.

How we know
-----------
The tag.

What else it could be
---------------------
A registry that never changes it.

Fix
---
The version that was tested, better with its digest.

When the fix is wrong
---------------------
Never in a manifest that is deployed.

References
----------
docs/specs/rules.md HF502, docs/specs/rules.md 10.4.
"""

from collections.abc import Iterator

from holdfast.lint.kustomized import own_reference
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.image_reference import Firmness
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF502",
    "the image's tag is latest",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("F01", "B08"),
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """The container's own reference."""
    reference = own_reference(container, world)
    if reference is not None and reference.firmness is Firmness.LATEST:
        yield container.problem(
            "which version runs depends on when the pod started",
            "image",
            fix=Fix("the version that was tested"),
        )
