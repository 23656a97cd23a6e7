"""Two autoscalers name the same target.

What happens
------------
Two HorizontalPodAutoscalers compute a number each and overwrite each other; newer controllers stop
with AmbiguousSelector. A VerticalPodAutoscaler changes the requests of which the other computes a
share, so that each answers what the other has done.

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
One, with both metrics: the larger result counts. A vertical one in the mode Off, or for a resource
that the other does not follow.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF411, kubernetes v1.36 pkg/controller/podautoscaler/horizontal.go,
AmbiguousSelector; docs/specs/tuning.md 10.2.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.scaler_metrics import utilised_resources
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF411",
    "two autoscalers scale one object",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F05",),
)


# autoscaling.k8s.io/v1: modes in which pods get other requests; Auto is the default.
_CHANGES = (None, "Auto", "Recreate", "InPlaceOrRecreate")


def check_world(world: World) -> Iterator[Problem]:
    """Targets with more than one scaler."""
    seen: dict[_Target, ObjectSubject] = {}
    for scaler in world.of_kind("HorizontalPodAutoscaler"):
        key = _target(scaler, "scaleTargetRef")
        first = seen.setdefault(key, scaler)
        if first is not scaler and first.name != scaler.name:
            yield scaler.problem(
                f"{first} scales {key[1]}/{key[2]} as well",
                "spec",
                "scaleTargetRef",
                fix=Fix("one autoscaler with both metrics"),
            )
    for vertical in world.of_kind("VerticalPodAutoscaler"):
        other = seen.get(_target(vertical, "targetRef"))
        if other is None or vertical.get("spec", "updatePolicy", "updateMode") not in _CHANGES:
            continue
        shared = [name for name in utilised_resources(other) if name in _controlled(vertical)]
        if shared:
            yield vertical.problem(
                f"it changes the requests of which {other} computes {shared[0]} as a share: both "
                "answer the same load, one against the other",
                "spec",
                "targetRef",
                fix=Fix(f"updateMode Off, or controlledResources without {shared[0]}"),
            )


_Target = tuple[str, str, str]


def _target(scaler: ObjectSubject, field: str) -> _Target:
    reference = scaler.mapping("spec", field)
    return (scaler.namespace, str(reference.get("kind")), str(reference.get("name")))


def _controlled(vertical: ObjectSubject) -> set[str]:
    """The resources that it changes, in the first of its policies; all without one."""
    for policy in vertical.items("spec", "resourcePolicy", "containerPolicies"):
        if isinstance(policy, dict) and policy.get("controlledResources"):
            return {str(name) for name in policy["controlledResources"]}
    return {"cpu", "memory"}
