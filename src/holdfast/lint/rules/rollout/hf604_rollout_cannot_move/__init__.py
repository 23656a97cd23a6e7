"""Neither more nor fewer pods are allowed during a rollout.

What happens
------------
The object is refused when it is applied.

Why it hurts
------------
The deploy fails.

How we know
-----------
Both fields are 0 or 0%.

What else it could be
---------------------
Nothing.

Fix
---
maxSurge 1.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF604, kubernetes v1.36 pkg/apis/apps/validation
ValidateRollingUpdateDeployment.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF604",
    "maxSurge and maxUnavailable are both 0: the API refuses it",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B17",),
)
KINDS = frozenset({"Deployment"})


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """Both numbers are nothing."""
    path = ("spec", "strategy", "rollingUpdate")
    rolling = subject.mapping(*path)
    if not rolling:
        return
    if rolling.get("maxSurge") in _NOTHING and rolling.get("maxUnavailable") in _NOTHING:
        yield subject.problem(
            "maxSurge 0 and maxUnavailable 0 leave a rollout no step to make",
            *path,
            "maxSurge",
            fix=Fix(
                "maxSurge 1",
                Safety.SAFE,
                {"spec": {"strategy": {"rollingUpdate": {"maxSurge": 1}}}},
            ),
        )


_NOTHING = (0, "0%", "0")
