"""A PodDisruptionBudget allows no pod to be evicted at all.

What happens
------------
Every eviction is refused: `kubectl drain` waits for ever, cluster upgrades and autoscalers stop at
the node, until somebody deletes the pods or the budget by hand.

Why it hurts
------------
Nodes that cannot be drained are shut down with their pods still on them, and then all replicas go
without notice: the budget brings about what it should prevent.

How we know
-----------
maxUnavailable 0, or minAvailable of 100 % or of all replicas that the manifests ask for, of all
workloads together that the budget selects. Where a namespace is left out and the files lie in
different directories, it is likely only.

What else it could be
---------------------
A HorizontalPodAutoscaler that keeps more replicas than the manifest says; it is looked for.

Fix
---
maxUnavailable: 1.

When the fix is wrong
---------------------
Where an operator moves its pods itself and uses the budget as a lock (some databases): say so in a
suppression.

References
----------
docs/specs/rules.md HF612, kubernetes pkg/controller/disruption/disruption.go.
"""

from collections.abc import Iterator

from holdfast.lint.budgets import Counted, counted, replicas_of
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.int_or_percent import share_of
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF612",
    "the disruption budget forbids every eviction",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("E07", "E08"),
)
_FIX = Fix("maxUnavailable: 1 instead, so that one pod at a time may go")


def check_world(world: World) -> Iterator[Problem]:
    """Budgets that no number of pods meets."""
    for budget in world.of_kind("PodDisruptionBudget"):
        for field, never in _NEVER.items():
            given = budget.get("spec", field)
            if given in never:
                yield budget.problem(
                    f"{field} {given} allows no eviction at all", "spec", field, fix=_FIX
                )
    for one in world.once(counted):
        yield from _check(one, world)


_NEVER = {"maxUnavailable": (0, "0%"), "minAvailable": ("100%",)}


def _check(one: Counted, world: World) -> Iterator[Problem]:
    given = one.budget.get("spec", "minAvailable")
    count = one.number(replicas_of)
    if not count or given == "100%" or any(world.scalers_of(pod.owner) for pod in one.pods):
        return
    needed = share_of(given, count, up=True)
    if needed is not None and needed >= count:
        yield one.budget.problem(
            f"minAvailable {given} needs {needed} of {count} replicas of {one.owners}: none may be "
            "evicted",
            "spec",
            "minAvailable",
            fix=_FIX,
            less_sure=None if one.meet_surely else Confidence.LIKELY,
        )
