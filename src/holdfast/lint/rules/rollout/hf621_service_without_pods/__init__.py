"""A Service's selector or target port meets no pod of the set.

What happens
------------
Requests to the Service are refused, while all pods are well.

Why it hurts
------------
The error shows in the clients and nowhere else.

How we know
-----------
The selector against the labels of all pods of the set; a named targetPort against the ports of the
selected ones.

What else it could be
---------------------
Pods that are deployed elsewhere: only told where the set has pods in that namespace.

Fix
---
The labels of the template, or the name of a declared port.

When the fix is wrong
---------------------
Where the pods come from other files.

References
----------
docs/specs/rules.md HF621, docs/specs/causes.md S04.
"""

from collections.abc import Iterator

from holdfast.lint.documents import texts
from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF621",
    "the Service reaches nobody",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("S04",),
)


def check_world(world: World) -> Iterator[Problem]:
    """Selectors and named ports that nothing has."""
    for service in world.of_kind("Service"):
        selector = texts(service.get("spec", "selector"))
        if not selector:
            continue
        first = next(world.selected(selector, service.namespace), None)
        if first is None and world.has_pods(service.namespace):
            yield service.problem(
                f"no pod that was read has the labels {selector}",
                "spec",
                "selector",
                fix=Fix("the labels of the pod template"),
            )
        for index, port in enumerate(service.items("spec", "ports")):
            target = port.get("targetPort") if isinstance(port, dict) else None
            if first is None or not isinstance(target, str) or target.isdecimal():
                continue
            if not _declared(target, world.selected(selector, service.namespace)):
                yield service.problem(
                    f"no port of {first.owner} is named {target}",
                    "spec",
                    "ports",
                    index,
                    "targetPort",
                    fix=Fix("the name of a port that the container declares"),
                )


def _declared(name: str, pods: Iterator[PodSubject]) -> bool:
    return any(
        port.name == name
        for pod in pods
        for container in pod.containers
        for port in container.spec.ports or ()
    )
