"""A tag that moves, and imagePullPolicy IfNotPresent.

What happens
------------
A node that has the tag keeps what it has; a new node pulls what the tag means now.

Why it hurts
------------
Pods of one rollout run different code.

How we know
-----------
The form of the tag, and the policy as written or by default. That latest moves is certain; of other
tags it is likely.

What else it could be
---------------------
A tag that never moves.

Fix
---
A digest or a full version.

When the fix is wrong
---------------------
Where the tag never moves.

References
----------
docs/specs/rules.md HF506, docs/specs/kubelet.md on image pulls.
"""

from collections.abc import Iterator

from holdfast.lint.kustomized import own_reference
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.image_reference import Firmness
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF506",
    "nodes keep different images under one tag",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F16",),
    audience=Audience.PLATFORM,
)


_MOVES = (Firmness.FLOATING, Firmness.LATEST, Firmness.UNTAGGED)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """IfNotPresent, written or by default, on a tag that moves."""
    reference = own_reference(container, world)
    if reference is None or reference.firmness not in _MOVES:
        return
    default = "Always" if reference.firmness is not Firmness.FLOATING else "IfNotPresent"
    policy = container.spec.image_pull_policy or default
    if policy == "IfNotPresent":
        yield container.problem(
            f"{reference.tag or 'latest'} moves, and IfNotPresent keeps what a node pulled first",
            "imagePullPolicy" if container.spec.image_pull_policy else "image",
            fix=Fix("a full version or a digest"),
            less_sure=Confidence.LIKELY if reference.firmness is Firmness.FLOATING else None,
        )
