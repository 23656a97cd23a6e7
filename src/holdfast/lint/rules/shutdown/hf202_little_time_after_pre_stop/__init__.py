"""The hook takes nearly all of the grace period.

What happens
------------
What the hook sleeps is taken from terminationGracePeriodSeconds; the process gets the rest between
SIGTERM and SIGKILL.

Why it hurts
------------
Requests that take longer, and buffers that are written at the end, are cut off at each rollout.

How we know
-----------
Both numbers stand in the manifest.

What else it could be
---------------------
A process that needs no time to stop.

Fix
---
A grace period of the hook, plus what the stop needs, plus 5 s.

When the fix is wrong
---------------------
On nodes that give less notice, such as spot nodes.

References
----------
docs/specs/rules.md HF202, docs/specs/kubelet.md 3.4.
"""

from collections.abc import Iterator

from holdfast.lint.grace_fix import grace_fix
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Problem
from holdfast.model.hook_length import slept_seconds
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF202",
    "less than 5 s of the grace period are left after the preStop hook",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("G04",),
)


# rules.md HF202
_LEAST_SECONDS = 5


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A hook that leaves less than 5 s, and more than nothing (HF201)."""
    hook = container.spec.pre_stop
    slept = slept_seconds(hook)
    grace = container.pod.spec.grace_seconds
    if slept is None or not 0 < grace - slept < _LEAST_SECONDS:
        return
    yield container.problem(
        f"{grace - slept:g} s are left for the stop: {grace} s terminationGracePeriodSeconds - "
        f"{slept:g} s of the hook",
        "lifecycle",
        "preStop",
        fix=grace_fix(container.pod, slept),
    )
