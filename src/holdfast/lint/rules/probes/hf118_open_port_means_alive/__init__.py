"""Liveness only opens a connection, which the kernel does for a process that is dead to the world.

What happens
------------
A tcpSocket probe passes as long as the kernel accepts connections for the port. It does so for a
process that is deadlocked, and for an event loop that stands still: connect() to a stalled loop
took 0.1 ms (service.md 12.1).

Why it hurts
------------
The hang that liveness is there for stays unnoticed: requests wait until they run out, and no
restart comes.

How we know
-----------
The same port is asked with httpGet or grpc by another probe of the container, is named after such a
protocol, or belongs to a server of Python by its command.

What else it could be
---------------------
A port of that name which speaks something else.

Fix
---
httpGet or grpc with a path or a service that answers as long as the process can answer.

When the fix is wrong
---------------------
Where the only thing that can be asked is the port.

References
----------
docs/specs/rules.md HF118, docs/specs/service.md 12.1 and R5, docs/specs/kubelet.md 1.8.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF118",
    "liveness asks whether a port is open, of a server that speaks HTTP or gRPC",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("C07",),
)


_PROTOCOL = regex(r"(?:^|-)(?:https?\d*|grpc|web|rest)(?:$|-)")
_SERVERS = ("gunicorn", "uvicorn", "hypercorn", "granian", "waitress-serve")


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A tcpSocket liveness probe on a port that speaks more."""
    why = _speaks(container, probe) if probe.tcp_socket is not None else ""
    if why:
        yield container.problem(
            f"a hung process still accepts connections on {probe.port}, and {why}",
            "livenessProbe",
            "tcpSocket",
            fix=Fix("httpGet or grpc, of what answers as long as the process can answer"),
        )


def _speaks(container: ContainerSubject, liveness: Probe) -> str:
    """How it is known that the port speaks a protocol; "" where it is not."""
    asked = container.port_number(liveness.port)
    for field, probe in container.probes:
        if probe.handler in ("httpGet", "grpc") and container.port_number(probe.port) == asked:
            return f"{field} asks it over {probe.handler}"
    for port in container.spec.ports or ():
        if port.container_port == asked and _PROTOCOL.search(port.name):
            return f"the port is named {port.name}"
    server = next((s for s in _SERVERS if s in container.programs), "")
    return f"{server} answers HTTP" if server else ""
