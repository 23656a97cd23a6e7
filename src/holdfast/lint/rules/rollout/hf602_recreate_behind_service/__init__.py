"""strategy Recreate behind a Service.

What happens
------------
At each rollout all old pods end before the first new one starts.

Why it hurts
------------
Every deploy is an outage for as long as a start takes, and a bad version has no old one beside it.

How we know
-----------
The strategy, and a Service of the set that selects the pod and those of no other workload. Where a
namespace is left out and the files lie in different directories, it is likely only.

What else it could be
---------------------
A ReadWriteOnce volume, which leaves no choice; it is looked for.

Fix
---
RollingUpdate.

When the fix is wrong
---------------------
Where two versions must not run side by side.

References
----------
docs/specs/rules.md HF602, kubernetes v1.36 pkg/controller/deployment/recreate.go.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF602",
    "Recreate takes all pods away before new ones start",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F18",),
)
KINDS = frozenset({"Deployment"})


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """Recreate without a volume that asks for it."""
    if pod.owner.get("spec", "strategy", "type") != "Recreate":
        return
    claims = any(v.persistent_volume_claim is not None for v in pod.spec.volumes or ())
    services = world.services_alone(pod)
    if services and not claims:
        yield pod.owner.problem(
            f"each rollout is an outage of {services[0]} for as long as a start takes",
            "spec",
            "strategy",
            "type",
            fix=Fix("RollingUpdate with maxSurge 1 and maxUnavailable 0"),
            less_sure=None if services[0].meets_surely(pod.owner) else Confidence.LIKELY,
        )
