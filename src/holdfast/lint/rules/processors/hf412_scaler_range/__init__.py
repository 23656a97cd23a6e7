"""minReplicas and maxReplicas are equal, reversed, or begin at 1.

What happens
------------
With equal numbers it does nothing; with min above max the API refuses it; with a minimum of 1 there
is a single pod at night.

Why it hurts
------------
No scaling, no deploy, or no service while the one pod is replaced.

How we know
-----------
The two fields.

What else it could be
---------------------
A range that an overlay changes.

Fix
---
minReplicas of 2 or more, and a larger maxReplicas.

When the fix is wrong
---------------------
Where one pod is enough and an interruption is no matter.

References
----------
docs/specs/rules.md HF412, kubernetes v1.36 pkg/apis/autoscaling/validation.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF412",
    "the range of the autoscaler leaves nothing to scale, or is refused",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F05",),
)
KINDS = frozenset({"HorizontalPodAutoscaler"})


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """The numbers of a HorizontalPodAutoscaler."""
    low, high = subject.get("spec", "minReplicas"), subject.get("spec", "maxReplicas")
    low = 1 if low is None else low
    if not isinstance(low, int) or not isinstance(high, int):
        return
    if low > high:
        found = f"minReplicas {low} is above maxReplicas {high}: the API refuses it"
    elif low == high:
        found = f"minReplicas and maxReplicas are both {low}: nothing is ever scaled"
    elif low == 1:
        found = "minReplicas 1: at low load a single pod is left, and its end is an outage"
    else:
        return
    yield subject.problem(
        found, "spec", "minReplicas", fix=Fix("minReplicas of at least 2, below maxReplicas")
    )
