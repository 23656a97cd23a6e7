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

import math
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import sleep_seconds
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

# What the API gives a process that has no hook: the default grace period.
_STOP_SECONDS = 25
_SPARE_SECONDS = 5

RULE = Rule(
    "HF201",
    "the preStop hook takes the whole grace period",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("G03",),
)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A hook that sleeps as long as the grace period, or longer."""
    lifecycle = container.spec.lifecycle
    hook = lifecycle.pre_stop if lifecycle is not None else None
    slept = sleep_seconds(hook) if hook is not None else None
    grace = container.pod.spec.grace_seconds
    if slept is None or slept < grace:
        return
    needed = math.ceil(slept) + _STOP_SECONDS + _SPARE_SECONDS
    yield container.problem(
        f"the hook sleeps {slept:g} s of {grace} s of terminationGracePeriodSeconds: SIGTERM comes "
        "when the time is over, and SIGKILL 2 s later",
        "lifecycle",
        "preStop",
        fix=Fix(
            f"terminationGracePeriodSeconds {needed} = {slept:g} (hook) + {_STOP_SECONDS} (stop) + "
            f"{_SPARE_SECONDS}",
            Safety.SAFE,
            {"terminationGracePeriodSeconds": needed},
            of=container.pod,
        ),
    )
