"""Ports are declared, and the probe's is not among them.

What happens
------------
The probe asks a number that nobody said the container listens on.

Why it hurts
------------
Where it is a slip, the container is killed or never ready although it is well.

How we know
-----------
The container declares other ports. (A port that is not declared can be listened on all the same.)

What else it could be
---------------------
A port for administration that was never declared.

Fix
---
Declare the port, or correct the number.

When the fix is wrong
---------------------
Where the port is real and undeclared on purpose.

References
----------
docs/specs/rules.md HF115, docs/specs/causes.md C01.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF115",
    "a probe asks a port that the container does not declare",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("C01",),
)


def check_probe(container: ContainerSubject, field: str, probe: Probe) -> Iterator[Problem]:
    """A numeric port of a probe beside other declared ones."""
    port = probe.port
    number = int(port) if isinstance(port, str) and port.isdecimal() else port
    if not isinstance(number, int):
        return
    declared = {port.container_port for port in container.spec.ports or ()}
    beside = {
        port.container_port for other in container.pod.containers for port in other.spec.ports or ()
    }
    if declared and number not in beside:
        listed = ", ".join(map(str, sorted(declared)))
        yield container.problem(
            f"it asks port {number}; the container declares {listed}",
            field,
            probe.handler,
            "port",
            fix=Fix(f"declare {number} among the ports, or ask one of {listed}"),
        )
