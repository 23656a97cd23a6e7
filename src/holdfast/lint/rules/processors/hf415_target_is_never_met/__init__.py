"""The target is above 90 % of the requests, or a number that the limit keeps out of reach.

What happens
------------
New pods take a minute and longer to help. A target of more than 90 % leaves so little that the load
outgrows the pods before the new ones are ready. A value at or above the limit is never reached: the
pods are throttled or killed before.

Why it hurts
------------
The autoscaler scales too late, or never.

How we know
-----------
The target of the metric, and the limit of the containers for a value in absolute numbers.

What else it could be
---------------------
Requests that are far above what the pods need.

Fix
---
60 to 80 % of the requests: 1 / (1 + growth x lag) of what a pod can do.

When the fix is wrong
---------------------
Where load grows slowly, and pods start within seconds.

References
----------
docs/specs/rules.md HF415, docs/specs/tuning.md 10.2.
"""

from collections.abc import Iterator
from fractions import Fraction

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import pods_of
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import amount_of
from holdfast.lint.world import World
from holdfast.model.container import ContainerKind
from holdfast.model.quantity import read_quantity
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF415",
    "the target of the autoscaler leaves no room for what comes before new pods",
    Severity.LOW,
    Confidence.CERTAIN,
    prevents=("F05",),
)


# rules.md HF415
_HIGHEST_PERCENT = 90


def check_world(world: World) -> Iterator[Problem]:
    """Targets of resource metrics."""
    for scaler in world.of_kind("HorizontalPodAutoscaler"):
        old = scaler.get("spec", "targetCPUUtilizationPercentage")
        if isinstance(old, int) and old > _HIGHEST_PERCENT:
            yield _high(scaler, old, "spec", "targetCPUUtilizationPercentage")
        for index, metric in enumerate(scaler.items("spec", "metrics")):
            resource = metric.get("resource") if isinstance(metric, dict) else None
            target = resource.get("target") if isinstance(resource, dict) else None
            if not isinstance(resource, dict) or not isinstance(target, dict):
                continue
            path = ("spec", "metrics", index, "resource", "target")
            percent = target.get("averageUtilization")
            if isinstance(percent, int) and percent > _HIGHEST_PERCENT:
                yield _high(scaler, percent, *path, "averageUtilization")
            value = amount_of(target.get("averageValue"))
            limit = _limit(scaler, str(resource.get("name")), world)
            if value is not None and limit is not None and value.amount >= limit:
                yield scaler.problem(
                    f"{target.get('averageValue')} of {resource.get('name')} for each pod, and "
                    "its limits together are no more: it is never reached",
                    *path,
                    "averageValue",
                    fix=Fix("60 to 80 % of the requests"),
                )


def _high(scaler: ObjectSubject, percent: int, *path: str | int) -> Problem:
    return scaler.problem(
        f"new pods are asked for at {percent} % of the requests: until they serve, the old ones "
        "need more than they are sure of",
        *path,
        fix=Fix("60 to 80 %"),
    )


def _limit(scaler: ObjectSubject, resource: str, world: World) -> Fraction | None:
    """The limits of a target's containers in sum; None where one of them has none."""
    kind, name = (str(scaler.get("spec", "scaleTargetRef", key)) for key in ("kind", "name"))
    owner = world.find(kind, scaler.namespace, name)
    for pod in pods_of(owner) if owner is not None else ():
        running = [c for c in pod.containers if c.kind is not ContainerKind.INIT]
        limits = [read_quantity(c.spec.limit(resource)) for c in running]
        known = [limit.amount for limit in limits if limit is not None]
        return sum(known, Fraction(0)) if len(known) == len(limits) else None
    return None
