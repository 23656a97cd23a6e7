"""imagePullPolicy Never.

What happens
------------
A node that does not have the image cannot start the container: ErrImageNeverPull.

Why it hurts
------------
It works on the node where somebody loaded the image, and on no other.

How we know
-----------
The policy.

What else it could be
---------------------
A cluster of one node, and images that are part of the node.

Fix
---
IfNotPresent.

When the fix is wrong
---------------------
On nodes that bring the image along.

References
----------
docs/specs/rules.md HF508, docs/specs/causes.md B15.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF508",
    "the image is never pulled",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("B15",),
)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """The policy Never."""
    if container.spec.image_pull_policy == "Never":
        yield container.problem(
            "on a node without the image it never starts: ErrImageNeverPull",
            "imagePullPolicy",
            fix=Fix("IfNotPresent", Safety.SAFE, {"imagePullPolicy": "IfNotPresent"}),
        )
