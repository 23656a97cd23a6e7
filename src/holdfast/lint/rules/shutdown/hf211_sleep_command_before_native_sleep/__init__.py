"""A hook runs `sleep` in the container.

What happens
------------
The hook needs a sleep program in the image, and a place in the container's process and memory
limits.

Why it hurts
------------
A smaller base image without it turns the hook into an error, and the pause is gone without anybody
noticing.

How we know
-----------
The command of the hook is sleep and a number.

What else it could be
---------------------
Clusters before Kubernetes 1.30.

Fix
---
preStop: {sleep: {seconds: N}}.

When the fix is wrong
---------------------
Where clusters before 1.30 are still served.

References
----------
docs/specs/rules.md HF211, kubernetes v1.30 feature gate PodLifecycleSleepAction, on by default.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import LifecycleHandler
from holdfast.model.node import KubernetesVersion
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF211",
    "the preStop hook needs a program for what Kubernetes does itself",
    Severity.LOW,
    Confidence.CERTAIN,
    prevents=("G03",),
    audience=Audience.PEDANTIC,
    since=KubernetesVersion(1, 30),
)


def check_hook(
    container: ContainerSubject, field: str, hook: LifecycleHandler
) -> Iterator[Problem]:
    """An exec hook that only sleeps."""
    command = hook.exec.command if hook.exec is not None and field == "preStop" else None
    if command and len(command) == 2 and command[0].rpartition("/")[2] == "sleep":
        yield container.problem(
            f"sleep {command[1]} is started in the container; preStop.sleep needs no program",
            "lifecycle",
            "preStop",
            "exec",
            fix=Fix(f"preStop: {{sleep: {{seconds: {command[1]}}}}} instead of exec"),
        )
