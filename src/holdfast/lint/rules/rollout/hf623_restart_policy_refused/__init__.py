"""The API refuses other restart policies for this kind.

What happens
------------
The object is refused when it is applied.

Why it hurts
------------
The deploy fails.

How we know
-----------
The kind and the field.

What else it could be
---------------------
Nothing.

Fix
---
Leave it out, or a Job for work that ends; in a Job Never or OnFailure, since the default is Always.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF623, kubernetes v1.36 pkg/apis/apps/validation.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF623",
    "a restartPolicy that the API refuses for this kind",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B17",),
)


_FOREVER = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")
_FINITE = ("Job", "CronJob")


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Never or OnFailure where pods run for ever, Always where they end."""
    policy = pod.spec.restart_policy
    if pod.kind in _FOREVER and policy not in (None, "Always"):
        found = f"{pod.kind} with restartPolicy {policy}: the API accepts Always only"
        fix = "leave it out, or a Job for work that ends"
    elif pod.kind in _FINITE and policy in (None, "Always"):
        found = f"{pod.kind} needs restartPolicy Never or OnFailure"
        fix = "Never, or OnFailure to start a container that failed again in its pod"
    else:
        return
    yield pod.problem(found, "restartPolicy", fix=Fix(fix))
