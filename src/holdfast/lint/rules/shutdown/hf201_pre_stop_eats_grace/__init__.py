"""The preStop hook takes the whole grace period, so the process is killed without time to stop.

What happens
------------
The grace period begins with the hook. A hook that sleeps as long as terminationGracePeriodSeconds
is cut off at its end; SIGTERM follows, and SIGKILL 2 s later.

Why it hurts
------------
Requests in flight are cut off at every rollout and every drain, with exit code 137 and no line in
the log.

How we know
-----------
Both numbers stand in the manifest: the kubelet subtracts the hook from the grace period and leaves
2 s at least (kubelet.md 3.4).

What else it could be
---------------------
A hook that ends earlier than its sleep says, because the server has no more connections.

Fix
---
A grace period of the hook, plus the time that the process needs to stop, plus 5 s.

When the fix is wrong
---------------------
On nodes that give less notice (spot nodes: 25 s to 120 s): shorten the hook instead.

References
----------
docs/specs/rules.md HF201, docs/specs/kubelet.md 3.4, docs/specs/causes.md G03.
"""

from collections.abc import Iterator

from holdfast.lint.grace_fix import grace_fix
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Problem
from holdfast.lint.questions import drains
from holdfast.model.container import LifecycleHandler
from holdfast.model.hook_length import slept_seconds
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF201",
    "the preStop hook takes the whole grace period",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("G03",),
)


def check_hook(
    container: ContainerSubject, field: str, hook: LifecycleHandler
) -> Iterator[Problem]:
    """A hook that sleeps as long as the grace period, or longer."""
    slept = slept_seconds(hook) if field == "preStop" else None
    grace = container.pod.spec.grace_seconds
    if slept is None or slept < grace:
        return
    yield container.problem(
        f"the hook sleeps {slept:g} s of {grace} s of terminationGracePeriodSeconds: SIGTERM comes "
        "when the time is over, and SIGKILL 2 s later",
        "lifecycle",
        field,
        fix=grace_fix(container.pod, slept),
        replay=drains(container),
    )
