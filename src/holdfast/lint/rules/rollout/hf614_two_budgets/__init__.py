"""A pod is counted by more than one budget.

What happens
------------
The eviction API refuses with an error of its own: drains stop at the pod.

Why it hurts
------------
Nodes cannot be drained until somebody deletes a budget.

How we know
-----------
Both objects and the pod stand in the set. Two of one name are versions of one budget. Where a
namespace is left out and the files lie in different directories, it is likely only.

What else it could be
---------------------
Two environments in one set of files.

Fix
---
One budget.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF614, kubernetes v1.36 eviction.go: more than one PodDisruptionBudget is not
supported.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF614",
    "two disruption budgets select one pod",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("E07",),
)


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """Every budget but the first of a pod."""
    budgets = world.budgets_of(pod)
    for budget in budgets[1:]:
        if budget.name == budgets[0].name:
            continue
        yield budget.problem(
            f"{budgets[0]} selects {pod.owner} as well: its pods cannot be evicted at all",
            "spec",
            "selector",
            fix=Fix("one budget for each pod"),
            less_sure=None if budget.meets_surely(budgets[0]) else Confidence.LIKELY,
        )
