"""replicas is written in a manifest that a HorizontalPodAutoscaler scales.

What happens
------------
Each apply sets the number back; the autoscaler raises it again some seconds later.

Why it hurts
------------
A deploy under load takes most of the capacity away for a minute.

How we know
-----------
Both objects stand in the set.

What else it could be
---------------------
A tool that leaves the field out when it applies.

Fix
---
Leave replicas out.

When the fix is wrong
---------------------
For the first deploy, where one replica would be too few.

References
----------
docs/specs/rules.md HF410, docs/specs/causes.md F05.
"""

from collections.abc import Iterator

from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF410",
    "the manifest resets the number of replicas that the autoscaler sets",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F05",),
)


def check_world(world: World) -> Iterator[Problem]:
    """Owners with both a number and a scaler."""
    for pod in world.pods:
        scalers = world.scalers_of(pod.owner)
        given = pod.owner.get("spec", "replicas") if scalers else None
        if given is not None:
            yield pod.owner.problem(
                f"each apply sets {given} replicas, and {scalers[0]} changes it back",
                "spec",
                "replicas",
                fix=Fix("leave replicas out of the manifest"),
            )
