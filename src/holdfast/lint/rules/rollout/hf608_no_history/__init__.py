"""revisionHistoryLimit is 0.

What happens
------------
`kubectl rollout undo` has nothing to undo.

Why it hurts
------------
A bad version cannot be rolled back by the cluster itself.

How we know
-----------
The field says so.

What else it could be
---------------------
A GitOps tool that rolls back by its own history.

Fix
---
3 or more.

When the fix is wrong
---------------------
Where all rollbacks are made from git.

References
----------
docs/specs/rules.md HF608, kubernetes v1.36 pkg/controller/deployment/sync.go cleanupDeployment.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF608",
    "no earlier version is kept to go back to",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F01",),
    audience=Audience.PLATFORM,
)


KINDS = frozenset({"Deployment", "StatefulSet", "DaemonSet"})


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """A history of nothing."""
    if subject.get("spec", "revisionHistoryLimit") == 0:
        yield subject.problem(
            "kubectl rollout undo has nothing to go back to",
            "spec",
            "revisionHistoryLimit",
            fix=Fix("3 revisions", Safety.SAFE, {"spec": {"revisionHistoryLimit": 3}}),
        )
