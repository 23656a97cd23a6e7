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

import math
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import sleep_seconds
from holdfast.model.edit import Safety
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
_STOP_SECONDS = 25
_SPARE_SECONDS = 5


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A hook that leaves less than 5 s, and more than nothing (HF201)."""
    lifecycle = container.spec.lifecycle
    hook = lifecycle.pre_stop if lifecycle is not None else None
    slept = sleep_seconds(hook) if hook is not None else None
    grace = container.pod.spec.grace_seconds
    if slept is None or not 0 < grace - slept < _LEAST_SECONDS:
        return
    needed = math.ceil(slept) + _STOP_SECONDS + _SPARE_SECONDS
    yield container.problem(
        f"{grace - slept:g} s are left for the stop: {grace} s terminationGracePeriodSeconds - "
        f"{slept:g} s of the hook",
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
