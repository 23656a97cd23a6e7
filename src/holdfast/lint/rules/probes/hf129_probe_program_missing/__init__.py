"""An exec probe starts a program of a shell or of coreutils in an image that has neither.

What happens
------------
The runtime cannot start the command, which is an error and no failure: the kubelet throws the
result away. Liveness never kills, a startupProbe never ends, readiness never passes.

Why it hurts
------------
A hang stays unnoticed, or the pod never becomes ready, with an Unhealthy event each period and no
failure in any count.

How we know
-----------
The image is distroless by its name, and the first word of the command is one that such images lack.
An image that was read is looked into instead.

What else it could be
---------------------
An image of that name into which the program was copied.

Fix
---
httpGet, tcpSocket or grpc, which need no program.

When the fix is wrong
---------------------
Where the image was built with the program.

References
----------
docs/specs/rules.md HF129, docs/specs/kubelet.md 1.8 and Q7, docs/specs/causes.md C09.
"""

from collections.abc import Iterator

from holdfast.lint.bare_images import missing_tool
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF129",
    "the image does not hold the program that the probe starts",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("C09",),
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """An exec probe of what the image lacks."""
    for field, probe in container.probes:
        command = probe.exec.command if probe.exec is not None else None
        program = missing_tool(container, command, world)
        if program:
            yield container.problem(
                f"{container.spec.image} has no {program}: the probe gives no result, and none is "
                "counted",
                field,
                "exec",
                "command",
                fix=Fix("httpGet, tcpSocket or grpc"),
            )
