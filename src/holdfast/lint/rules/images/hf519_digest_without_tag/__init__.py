"""Nobody can read which version a digest is.

What happens
------------
The reference is exact and tells a reader nothing.

Why it hurts
------------
In an incident nobody knows which version runs.

How we know
-----------
A digest without a tag.

What else it could be
---------------------
A tool that resolves it.

Fix
---
name:tag@digest: the digest counts, the tag is for people.

When the fix is wrong
---------------------
Where a tool writes and reads it.

References
----------
docs/specs/rules.md HF519, docs/specs/rules.md HF519.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.image_reference import Firmness, parse_reference
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF519",
    "the digest has no tag beside it",
    Severity.LOW,
    Confidence.CERTAIN,
    prevents=("F01",),
    audience=Audience.PEDANTIC,
)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A digest alone."""
    reference = parse_reference(container.spec.image)
    if reference.firmness is Firmness.DIGEST and not reference.tag:
        yield container.problem(
            "the digest alone does not say which version it is",
            "image",
            fix=Fix("the tag before the digest, for people: the digest counts"),
        )
