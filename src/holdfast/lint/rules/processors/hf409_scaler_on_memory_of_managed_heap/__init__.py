"""A HorizontalPodAutoscaler scales by memory.

What happens
------------
The heaps of a JVM, of Go, Node.js and Python grow to their bound and hardly shrink: memory does not
follow the load.

Why it hurts
------------
It scales up, and never down again; with a leak it scales up to the maximum.

How we know
-----------
The metric's name and the runtime of the target.

What else it could be
---------------------
A program whose memory does follow its load, such as a cache by connections.

Fix
---
CPU, or a metric of the work itself (requests, queue length).

When the fix is wrong
---------------------
Where memory was measured to follow load.

References
----------
docs/specs/rules.md HF409, docs/specs/tuning.md on HPA.
"""

from collections.abc import Iterator

from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.container import ContainerKind
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.runtime import Runtime

RULE = Rule(
    "HF409",
    "the autoscaler follows the memory of a runtime that gives none back",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("F05",),
)


_MANAGED = (Runtime.JVM, Runtime.GO, Runtime.NODE, Runtime.PYTHON)


def check_world(world: World) -> Iterator[Problem]:
    """Memory metrics of pods with a managed heap."""
    for pod in world.pods:
        scalers = world.scalers_of(pod.owner)
        apps = [c for c in pod.containers if c.kind is ContainerKind.APP] if scalers else []
        managed = next((r for r in (c.runtime for c in apps) if r in _MANAGED), None)
        if managed is None:
            continue
        for scaler in scalers:
            for index, metric in enumerate(scaler.items("spec", "metrics")):
                resource = metric.get("resource") if isinstance(metric, dict) else None
                if isinstance(resource, dict) and resource.get("name") == "memory":
                    yield scaler.problem(
                        f"the heap of {managed.full_name} in {pod.owner} grows to its bound: "
                        "it scales up and never down",
                        "spec",
                        "metrics",
                        index,
                        "resource",
                        fix=Fix("CPU, or a metric of the work itself"),
                    )
