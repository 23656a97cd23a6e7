"""terminationGracePeriodSeconds is 0.

What happens
------------
SIGKILL follows SIGTERM after the 2 s that the kubelet grants at least, or at once on a forced
deletion.

Why it hurts
------------
Requests in flight, transactions and buffers are lost at every rollout, drain and liveness kill.

How we know
-----------
The field says so.

What else it could be
---------------------
Test pods that nobody misses.

Fix
---
Leave the field out (30 s), or set what the stop needs.

When the fix is wrong
---------------------
Where a stop that takes time is worse than one that loses data.

References
----------
docs/specs/rules.md HF204, docs/specs/kubelet.md 3.4.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import drains, first_program
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF204",
    "the grace period is 0: no process gets time to stop",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("C14", "G04"),
)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """A grace period of nothing."""
    if pod.spec.termination_grace_period_seconds == 0:
        program = first_program(pod)
        yield pod.problem(
            "terminationGracePeriodSeconds 0: SIGKILL comes 2 s after SIGTERM",
            "terminationGracePeriodSeconds",
            fix=Fix("30 s, the API's default", Safety.SAFE, {"terminationGracePeriodSeconds": 30}),
            replay=drains(program) if program is not None else None,
        )
