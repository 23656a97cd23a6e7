"""Utilisation is a share of the request, and one container has none.

What happens
------------
The HorizontalPodAutoscaler divides usage by the requests of all containers. Where one has none, it
gives up for the pod: FailedGetResourceMetric.

Why it hurts
------------
The service is never scaled up, and nobody notices before the load comes.

How we know
-----------
The target's pod template and the metric stand in the set.

What else it could be
---------------------
A LimitRange that sets the request.

Fix
---
A request for each container, sidecars included; or a ContainerResource metric of one container.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF408, kubernetes v1.36 pkg/controller/podautoscaler/replica_calculator.go.
"""

from collections.abc import Iterator

from holdfast.lint.problem import Fix, Problem
from holdfast.lint.scaler_metrics import utilised_resources
from holdfast.lint.world import World
from holdfast.model.container import ContainerKind
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF408",
    "the autoscaler cannot compute: a container has no request",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("F05",),
)


def check_world(world: World) -> Iterator[Problem]:
    """Utilisation metrics of pods with a container that has no request."""
    for pod in world.pods:
        for scaler in world.scalers_of(pod.owner):
            for name in utilised_resources(scaler):
                for container in pod.containers:
                    if container.kind is ContainerKind.INIT:
                        continue
                    spec = container.spec
                    if spec.request(name) is None and spec.limit(name) is None:
                        # With another metric at hand the controller still scales up.
                        how = " down" if len(scaler.items("spec", "metrics")) > 1 else ""
                        yield container.problem(
                            f"{scaler} computes {name} as a share of the requests, and "
                            f"{container.name} has none: it never scales{how}",
                            "resources",
                            fix=Fix(f"a request of {name} for {container.name}"),
                        )
