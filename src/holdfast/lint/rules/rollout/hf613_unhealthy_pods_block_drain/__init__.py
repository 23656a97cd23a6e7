"""unhealthyPodEvictionPolicy is not set.

What happens
------------
A budget counts ready pods. When too many of them crash, none may be evicted, not even those that
crash.

Why it hurts
------------
A node with a crash-looping pod cannot be drained: upgrades stop where something is broken already.

How we know
-----------
The field is left out; IfHealthyBudget is the default.

What else it could be
---------------------
Pods that must not be moved while they are broken.

Fix
---
unhealthyPodEvictionPolicy: AlwaysAllow.

When the fix is wrong
---------------------
For databases whose broken members still hold data that is nowhere else.

References
----------
docs/specs/rules.md HF613, kubernetes v1.36 pkg/registry/core/pod/storage/eviction.go.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.node import KubernetesVersion
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF613",
    "pods that crash block drains",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("E07",),
    audience=Audience.PLATFORM,
    since=KubernetesVersion(1, 27),
)
KINDS = frozenset({"PodDisruptionBudget"})


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """A budget without a policy for unhealthy pods."""
    if subject.api_version != "policy/v1":
        return
    if subject.get("spec", "unhealthyPodEvictionPolicy") is None:
        yield subject.problem(
            "while its pods crash, it forbids to evict them as well",
            "spec",
            fix=Fix(
                "unhealthyPodEvictionPolicy AlwaysAllow",
                Safety.REVIEW,
                {"spec": {"unhealthyPodEvictionPolicy": "AlwaysAllow"}},
            ),
        )
