"""The container has no memory limit of its own, and a LimitRange of its namespace gives it one.

What happens
------------
The API server writes the default of the LimitRange into each container without a limit. The pod
runs with a number that nobody chose for it.

Why it hurts
------------
OOMKilled in a pod "without a limit"; and where the manifest requests more than the default, the API
refuses the pod.

How we know
-----------
A LimitRange of the set with a default for memory in the container's namespace.

What else it could be
---------------------
A default that fits, and that the author knows of.

Fix
---
A limit of its own, from a measurement.

When the fix is wrong
---------------------
Where the default is meant for exactly such containers.

References
----------
docs/specs/rules.md HF320, docs/specs/kubelet.md Q30 and 7.2.
"""

from collections.abc import Iterator

from holdfast.lint.limit_ranges import default_limit
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF320",
    "a LimitRange gives the container a limit that its manifest does not show",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "D01",
        "F16",
    ),
    audience=Audience.PLATFORM,
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A container without a limit where a LimitRange has a default."""
    if container.limit_bytes() is not None or container.pod.spec.resources is not None:
        return
    given = default_limit(container.pod, "memory", world)
    if given is None:
        return
    request = container.request_bytes()
    refused = request is not None and request > given.amount.bytes
    yield container.problem(
        f"{given.of} makes its memory limit {format_bytes(given.amount.bytes)}"
        + (
            f", below its request of {format_bytes(request or 0)}: it is refused" if refused else ""
        ),
        "resources",
        fix=Fix("a memory limit of its own, from a measurement"),
    )
