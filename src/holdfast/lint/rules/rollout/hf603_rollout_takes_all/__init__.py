"""maxUnavailable allows all replicas to be gone.

What happens
------------
All old pods may be stopped before a new one is ready.

Why it hurts
------------
Each deploy is an outage, and a version that does not start stays one.

How we know
-----------
maxUnavailable against replicas, rounded as the controller does.

What else it could be
---------------------
An overlay or a scaler with more replicas; a scaler is looked for.

Fix
---
maxUnavailable 0 and maxSurge 1.

When the fix is wrong
---------------------
Where capacity for one more pod is missing: then fewer than all.

References
----------
docs/specs/rules.md HF603, kubernetes v1.36 pkg/controller/deployment/util ResolveFenceposts.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.edit import Safety
from holdfast.model.int_or_percent import share_of
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF603",
    "a rollout may take all pods away at once",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("F18",),
)
KINDS = frozenset({"Deployment"})


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """Deployments whose maxUnavailable is all of them."""
    path = ("spec", "strategy", "rollingUpdate", "maxUnavailable")
    given = pod.owner.get(*path)
    if given is None or world.scalers_of(pod.owner):
        return
    gone = share_of(given, pod.replicas, up=False)
    if gone is None or gone < pod.replicas or not pod.replicas:
        return
    yield pod.owner.problem(
        f"maxUnavailable {given} of {pod.replicas} is {gone}: all may be gone at once",
        *path,
        fix=Fix(
            "maxUnavailable 0 and maxSurge 1",
            Safety.SAFE,
            {"spec": {"strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}}},
        ),
    )
