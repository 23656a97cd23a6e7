"""A Service sends requests to a container that nothing asks whether it can take them.

What happens
------------
Without a readinessProbe a container counts as ready from the moment its process runs. The Service
sends it requests before it listens, and goes on when it can no longer answer.

Why it hurts
------------
Each rollout and each restart refuses requests for as long as a start takes; a pod that hangs gets
its share of the traffic.

How we know
-----------
A Service of the set selects the pod and its target port is one of the container's, or the pod has
one container only.

What else it could be
---------------------
A server that listens within milliseconds and never loses what it depends on.

Fix
---
A probe of the port that the Service sends requests to. An HTTP path that looks at what a request
needs is better, where there is one.

When the fix is wrong
---------------------
Where the port is open long before the program can answer: a tcpSocket probe then says too much.

References
----------
docs/specs/rules.md HF101, docs/specs/service.md on readiness.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.edit import Safety
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF101",
    "a Service sends requests to a container without a readinessProbe",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "G08",
        "S04",
    ),
    audience=Audience.PLATFORM,
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A container of a Service's port, without a probe."""
    if not container.serves or container.spec.readiness_probe is not None:
        return
    for service in world.services_of(container.pod):
        port = _target(container, service)
        if port is None:
            continue
        yield container.problem(
            f"{service} sends it requests as soon as the process runs, whether it listens or not",
            fix=Fix(
                "a readinessProbe of the port; of an HTTP path where the program has one",
                Safety.REVIEW,
                {"readinessProbe": {"tcpSocket": {"port": port}, "periodSeconds": 5}},
            ),
        )
        return


def _target(container: ContainerSubject, service: ObjectSubject) -> int | str | None:
    """The port of the container that a Service sends requests to; None for another container's."""
    declared = {port.container_port for port in container.spec.ports or ()}
    declared_names = {port.name for port in container.spec.ports or () if port.name}
    for port in service.items("spec", "ports"):
        target = port.get("targetPort", port.get("port")) if isinstance(port, dict) else None
        if target in declared or target in declared_names:
            return target if isinstance(target, int | str) else None
    return None
