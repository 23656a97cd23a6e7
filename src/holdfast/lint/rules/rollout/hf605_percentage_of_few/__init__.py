"""maxUnavailable is a percentage that rounds to an extreme.

What happens
------------
Of 3 replicas 25 % are none: with maxSurge 0 the controller then takes 1 all the same.

Why it hurts
------------
The rollout is not what the manifest says.

How we know
-----------
The percentage, the replicas, and the controller's rounding.

What else it could be
---------------------
A scaler with more replicas; it is looked for.

Fix
---
Whole numbers.

When the fix is wrong
---------------------
With many replicas.

References
----------
docs/specs/rules.md HF605, kubernetes v1.36 ResolveFenceposts: surge rounds up, unavailable down.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.int_or_percent import share_of
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF605",
    "a percentage of few replicas is none of them, or all",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F18",),
)
KINDS = frozenset({"Deployment"})


# Below this, one pod is more than a tenth.
_FEW = 10


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """Written percentages that come to 0 of few replicas while a surge is forbidden."""
    path = ("spec", "strategy", "rollingUpdate")
    rolling = pod.owner.mapping(*path)
    given = rolling.get("maxUnavailable")
    if not isinstance(given, str) or world.scalers_of(pod.owner):
        return
    gone = share_of(given, pod.replicas, up=False)
    surge = share_of(rolling.get("maxSurge", "25%"), pod.replicas, up=True)
    if gone == 0 and surge == 0 and 0 < pod.replicas < _FEW and given not in ("0", "0%"):
        yield pod.owner.problem(
            f"{given} of {pod.replicas} replicas rounds down to 0, and without a surge the "
            "controller takes 1",
            *path,
            "maxUnavailable",
            fix=Fix("maxUnavailable 1"),
        )
