"""The scale-down window is 0.

What happens
------------
Every dip of the metric removes pods, and the next peak starts new ones that are not warm yet.

Why it hurts
------------
Connections are cut and caches lost over and over.

How we know
-----------
stabilizationWindowSeconds 0 of scaleDown.

What else it could be
---------------------
Work that has no warm-up and no connections.

Fix
---
300 s, the API's default.

When the fix is wrong
---------------------
For workers that take tasks from a queue.

References
----------
docs/specs/rules.md HF413, docs/specs/tuning.md on HPA.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF413",
    "the autoscaler takes pods away at once",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F05",),
)
KINDS = frozenset({"HorizontalPodAutoscaler"})


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """A scale-down window of nothing."""
    path = ("spec", "behavior", "scaleDown", "stabilizationWindowSeconds")
    if subject.get(*path) == 0:
        yield subject.problem(
            "every dip of the metric removes pods that the next peak needs",
            *path,
            fix=Fix(
                "300 s, the API's default",
                Safety.REVIEW,
                {"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}}}},
            ),
        )
