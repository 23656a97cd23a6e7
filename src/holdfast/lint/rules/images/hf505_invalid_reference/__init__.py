"""The kubelet cannot read the reference.

What happens
------------
The container never starts: InvalidImageName.

Why it hurts
------------
The rollout stands still.

How we know
-----------
The grammar of references: an empty tag, a variable that was not replaced, upper-case letters, a
digest of the wrong length.

What else it could be
---------------------
A template that is rendered later; references of ko (ko://), which it replaces by the image that it
builds, are left out.

Fix
---
The reference as it is meant.

When the fix is wrong
---------------------
Where something else replaces it before it is applied.

References
----------
docs/specs/rules.md HF505, docs/specs/causes.md B15.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.image_reference import Firmness, parse_reference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF505",
    "the image reference is invalid",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B15",),
)


# ko.build: the import path of a program in Go.
_OF_KO = "ko://"


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A reference that is none."""
    image = container.spec.image
    firmness = parse_reference(image).firmness
    if (
        image
        and not image.startswith(_OF_KO)
        and firmness in (Firmness.INVALID, Firmness.UNRENDERED)
    ):
        yield container.problem(
            f"{image!r} is {firmness}: the container waits with InvalidImageName",
            "image",
            fix=Fix("the reference as it is meant"),
        )
