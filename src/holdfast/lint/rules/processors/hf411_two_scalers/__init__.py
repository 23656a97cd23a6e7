"""Two HorizontalPodAutoscalers name the same target.

What happens
------------
Each computes a number of its own, and they overwrite each other; newer controllers stop with
AmbiguousSelector.

Why it hurts
------------
Pods come and go without a change of load.

How we know
-----------
Both objects stand in the set.

What else it could be
---------------------
Two environments in one set of files.

Fix
---
One, with both metrics: the larger result counts.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF411, kubernetes v1.36 pkg/controller/podautoscaler/horizontal.go,
AmbiguousSelector.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF411",
    "two autoscalers scale one object",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F05",),
)


def check_world(world: World) -> Iterator[Problem]:
    """Targets with more than one scaler."""
    seen: dict[tuple[str, str, str], ObjectSubject] = {}
    for scaler in world.of_kind("HorizontalPodAutoscaler"):
        reference = scaler.mapping("spec", "scaleTargetRef")
        key = (scaler.namespace, str(reference.get("kind")), str(reference.get("name")))
        first = seen.setdefault(key, scaler)
        if first is not scaler and first.name != scaler.name:
            yield scaler.problem(
                f"{first} scales {key[1]}/{key[2]} as well",
                "spec",
                "scaleTargetRef",
                fix=Fix("one autoscaler with both metrics"),
            )
