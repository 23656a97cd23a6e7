"""minAvailable is at or above the autoscaler's minReplicas.

What happens
------------
At night the autoscaler is down to its minimum, and the budget needs them all.

Why it hurts
------------
Drains stop when they are scheduled: at low load.

How we know
-----------
Both numbers stand in the set.

What else it could be
---------------------
A minimum that is never reached.

Fix
---
maxUnavailable: 1.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF615, kubernetes v1.36 pkg/controller/disruption.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF615",
    "at low load the disruption budget forbids every eviction",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("E07",),
)


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """A number of pods that the scaler may not keep."""
    for scaler in world.scalers_of(pod.owner):
        least = scaler.get("spec", "minReplicas")
        least = least if isinstance(least, int) else 1
        for budget in world.budgets_of(pod):
            needed = budget.get("spec", "minAvailable")
            if isinstance(needed, int) and needed >= least:
                yield budget.problem(
                    f"it needs {needed} pods, and {scaler} goes down to {least}",
                    "spec",
                    "minAvailable",
                    fix=Fix("maxUnavailable: 1 instead"),
                )
