"""terminationGracePeriodSeconds is above 300.

What happens
------------
A pod that does not stop by itself holds up its node's drain for the whole time; a liveness kill of
a hung process takes as long.

Why it hurts
------------
Rollouts and upgrades of the cluster stand still behind single pods.

How we know
-----------
The field says so, on a kind that runs for ever.

What else it could be
---------------------
Workers whose tasks really take so long.

Fix
---
A shorter grace period, or terminationGracePeriodSeconds of the liveness probe for the hang.

When the fix is wrong
---------------------
Where tasks take long and cannot be given back.

References
----------
docs/specs/rules.md HF205, docs/specs/kubelet.md Q13.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import first_program, ignores
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF205",
    "the grace period is longer than 5 minutes",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=("G04", "E07"),
    audience=Audience.PEDANTIC,
)


# rules.md HF205
_LONG_SECONDS = 300


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """A grace period of more than 5 minutes."""
    grace = pod.spec.grace_seconds
    if grace > _LONG_SECONDS and pod.runs_forever:
        program = first_program(pod)
        yield pod.problem(
            f"a stop may take {grace} s; a drain waits as long for each such pod",
            "terminationGracePeriodSeconds",
            fix=Fix("the time that the longest task takes, and no more"),
            replay=ignores(program) if program is not None else None,
        )
