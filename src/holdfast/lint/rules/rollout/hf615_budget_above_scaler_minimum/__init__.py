"""minAvailable is at or above the autoscaler's minReplicas.

What happens
------------
At night the autoscaler is down to its minimum, and the budget needs them all.

Why it hurts
------------
Drains stop when they are scheduled: at low load.

How we know
-----------
Both numbers stand in the set; of several workloads that the budget selects, their sum. Where a
namespace is left out and the files lie in different directories, it is likely only.

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
from functools import partial

from holdfast.lint.budgets import counted, replicas_of
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


def check_world(world: World) -> Iterator[Problem]:
    """A number of pods that the scaler may not keep."""
    for one in world.once(counted):
        scalers = [scaler for pod in one.pods for scaler in world.scalers_of(pod.owner)]
        needed = one.budget.get("spec", "minAvailable")
        if not scalers or not isinstance(needed, int):
            continue
        least = one.number(partial(_least, world=world))
        if least is not None and needed >= least:
            yield one.budget.problem(
                f"it needs {needed} pods, and {scalers[0]} may leave {least} of {one.owners}",
                "spec",
                "minAvailable",
                fix=Fix("maxUnavailable: 1 instead"),
                less_sure=None if one.meet_surely else Confidence.LIKELY,
            )


def _least(pod: PodSubject, world: World) -> int | None:
    """How many pods of a workload there are at low load."""
    for scaler in world.scalers_of(pod.owner):
        given = scaler.get("spec", "minReplicas")
        return given if isinstance(given, int) else 1
    return replicas_of(pod)
