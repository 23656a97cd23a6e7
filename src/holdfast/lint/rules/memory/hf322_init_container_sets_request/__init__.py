"""An init container requests more than all other containers together.

What happens
------------
The scheduler counts the larger of two sums: what runs for good, and each init container beside the
sidecars before it. The reservation stays when the init container is done.

Why it hurts
------------
Fewer pods fit on a node than their containers need, and a pod may stay Pending for memory that it
uses for seconds.

How we know
-----------
The requests of all containers stand in the manifest.

What else it could be
---------------------
An init container that really needs so much, on nodes with room.

Fix
---
A smaller request of the init container, or its work as a Job.

When the fix is wrong
---------------------
Where the start needs the memory, and the pod may be killed for it otherwise.

References
----------
docs/specs/rules.md HF322, docs/specs/kubelet.md 7.5.
"""

from collections.abc import Iterator
from fractions import Fraction

from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import ContainerKind
from holdfast.model.quantity import format_bytes, read_quantity
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF322",
    "an init container that is done sets what the pod reserves for its whole life",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "S01",
        "E10",
    ),
    audience=Audience.PLATFORM,
)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """The largest init container against what runs for good."""
    if pod.spec.resources is not None:
        return
    for resource in ("memory", "cpu"):
        sidecars = Fraction(0)
        peak, largest = Fraction(0), None
        running = sum(
            (_request(c, resource) for c in pod.containers if c.kind is not ContainerKind.INIT),
            Fraction(0),
        )
        for container in pod.containers:
            asked = _request(container, resource)
            if container.kind is ContainerKind.SIDECAR:
                sidecars += asked
            elif container.kind is ContainerKind.INIT and sidecars + asked > peak:
                peak, largest = sidecars + asked, container
        # Containers that request nothing say nothing: HF302 and HF401.
        if largest is not None and running and peak > running:
            yield largest.problem(
                f"the pod reserves {_words(peak, resource)} of {resource} for its whole life, and "
                f"what runs for good asks for {_words(running, resource)}",
                "resources",
                "requests",
                resource,
                fix=Fix(f"a request of at most {_words(running, resource)}, or a Job"),
            )


def _request(container: ContainerSubject, resource: str) -> Fraction:
    given = read_quantity(container.spec.request(resource))
    given = given or read_quantity(container.spec.limit(resource))
    return given.amount if given is not None else Fraction(0)


def _words(amount: Fraction, resource: str) -> str:
    return format_bytes(int(amount)) if resource == "memory" else f"{int(amount * 1000)}m"
