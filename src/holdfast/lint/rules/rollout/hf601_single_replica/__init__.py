"""One pod answers all requests of a Service.

What happens
------------
When the pod ends, for a drain, an eviction or a crash, nobody answers until its successor is ready.

Why it hurts
------------
Every upgrade of a node is an outage.

How we know
-----------
replicas is 1 or left out, and a Service of the set selects the pod and those of no other workload.
Where a namespace is left out and the files lie in different directories, it is likely only.

What else it could be
---------------------
Development, or a program that must be alone.

Fix
---
At least 2 replicas, and a PodDisruptionBudget.

When the fix is wrong
---------------------
Where two would do damage (leaders, single writers).

References
----------
docs/specs/rules.md HF601, docs/specs/service.md on availability.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF601",
    "a single replica serves a Service",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("G08", "E07"),
    audience=Audience.PLATFORM,
)
KINDS = frozenset({"Deployment"})


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """Deployments with one replica behind a Service, without a scaler."""
    if pod.replicas != 1 or world.scalers_of(pod.owner):
        return
    services = world.services_alone(pod)
    if services:
        yield pod.owner.problem(
            f"the end of one pod is an outage of {services[0]}",
            "spec",
            "replicas",
            fix=Fix("2 replicas or more"),
            less_sure=None if services[0].meets_surely(pod.owner) else Confidence.LIKELY,
        )
