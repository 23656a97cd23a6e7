"""Nothing keeps drains from taking all replicas at once.

What happens
------------
Several nodes that are drained at the same time may take all replicas away together.

Why it hurts
------------
An upgrade of the cluster is an outage in spite of the replicas.

How we know
-----------
The set holds no budget that selects the pod. What is deployed elsewhere is not known, so this is
likely where docs/specs/rules.md HF611 says certain.

What else it could be
---------------------
A budget that is deployed elsewhere.

Fix
---
A PodDisruptionBudget with maxUnavailable: 1.

When the fix is wrong
---------------------
For work that may wait.

References
----------
docs/specs/rules.md HF611, kubernetes v1.36 pkg/controller/disruption.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF611",
    "no PodDisruptionBudget for several replicas",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("E07",),
    audience=Audience.PLATFORM,
)
KINDS = frozenset({"Deployment", "StatefulSet"})


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """Two or more replicas, and no budget."""
    if pod.replicas < 2:
        return
    if not world.budgets_of(pod):
        yield pod.owner.problem(
            f"{pod.replicas} replicas, and no budget was read: drains may take all of them at once",
            "spec",
            "replicas",
            fix=Fix("a PodDisruptionBudget with maxUnavailable: 1"),
        )
