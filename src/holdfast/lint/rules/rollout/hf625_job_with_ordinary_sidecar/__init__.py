"""A Job has an ordinary container that does not end.

What happens
------------
The pod is complete when all its containers have ended. A proxy or an agent beside the work never
ends.

Why it hurts
------------
The Job runs until its deadline, and the CronJob's next run does not start.

How we know
-----------
The names and images of well-known sidecars.

What else it could be
---------------------
An agent that ends with the work.

Fix
---
An init container with restartPolicy Always (Kubernetes 1.29 and later).

When the fix is wrong
---------------------
Where the sidecar is told to end.

References
----------
docs/specs/rules.md HF625, docs/specs/causes.md F07.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.sidecars import is_helper
from holdfast.model.container import ContainerKind
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF625",
    "a sidecar keeps the Job from ever completing",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("F07",),
)
KINDS = frozenset({"Job", "CronJob"})


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Jobs with a well-known sidecar among the ordinary containers."""
    apps = [c for c in pod.containers if c.kind is ContainerKind.APP]
    for container in apps if len(apps) > 1 else ():
        if is_helper(container):
            yield container.problem(
                "it does not end when the work does, and the Job never completes",
                fix=Fix("an init container with restartPolicy Always, which ends with the work"),
            )
