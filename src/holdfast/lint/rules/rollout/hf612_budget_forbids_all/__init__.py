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
maxUnavailable 0, or minAvailable of 100 % or of all replicas that the manifests ask for.

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

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import PodSubject
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
        unavailable = budget.get("spec", "maxUnavailable")
        if unavailable in (0, "0%"):
            yield budget.problem(
                f"maxUnavailable {unavailable} allows no eviction at all",
                "spec",
                "maxUnavailable",
                fix=_FIX,
            )
    told = set()
    for pod in world.pods:
        for budget in world.budgets_of(pod):
            if id(budget) not in told:
                told.add(id(budget))
                yield from _check(budget, pod, world)


def _check(budget: ObjectSubject, pod: PodSubject, world: World) -> Iterator[Problem]:
    if world.scalers_of(pod.owner):
        return
    needed = share_of(budget.get("spec", "minAvailable"), pod.replicas, up=True)
    if needed is not None and needed >= pod.replicas > 0:
        yield budget.problem(
            f"minAvailable {budget.get('spec', 'minAvailable')} needs {needed} of "
            f"{pod.replicas} replicas of {pod.owner}: none may be evicted",
            "spec",
            "minAvailable",
            fix=_FIX,
        )
