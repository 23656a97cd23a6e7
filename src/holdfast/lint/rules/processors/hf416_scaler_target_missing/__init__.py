"""scaleTargetRef names an object that the set does not hold.

What happens
------------
A name with a slip scales nothing, and says so only in its own status.

Why it hurts
------------
No scaling when the load comes.

How we know
-----------
The set holds other workloads of that kind and namespace, and none of that name.

What else it could be
---------------------
A target that is deployed elsewhere.

Fix
---
The name of the workload.

When the fix is wrong
---------------------
Where the target is deployed from other files.

References
----------
docs/specs/rules.md HF416, docs/specs/rules.md 11.8.
"""

from collections.abc import Iterator

from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF416",
    "the autoscaler's target is not among what was read",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("F05",),
)


def check_world(world: World) -> Iterator[Problem]:
    """Targets that nobody has, where others of the kind are there."""
    for scaler in world.of_kind("HorizontalPodAutoscaler"):
        kind, name = (scaler.get("spec", "scaleTargetRef", key) for key in ("kind", "name"))
        others = world.of_kind_in(str(kind), scaler.namespace)
        if others and world.find(str(kind), scaler.namespace, str(name)) is None:
            listed = ", ".join(other.name for other in others[:3])
            yield scaler.problem(
                f"no {kind} named {name} was read; there is {listed}",
                "spec",
                "scaleTargetRef",
                fix=Fix(f"the name of the workload, such as {others[0].name}"),
            )
