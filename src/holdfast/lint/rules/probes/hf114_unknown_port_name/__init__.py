"""The probe's port is a name that no port of the container has.

What happens
------------
The kubelet cannot resolve the name, and the probe never gives a result: liveness is blind, a
startupProbe never ends, readiness never passes.

Why it hurts
------------
The pod stays out of its Service for ever, or hangs unnoticed, with no failure in any count.

How we know
-----------
The names of the container's ports stand beside the probe.

What else it could be
---------------------
Nothing: the name has to be among the container's own ports.

Fix
---
Declare the port, or correct the name.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF114, docs/specs/kubelet.md Q7.
"""

from collections.abc import Iterator

from holdfast.lint.near_names import nearest
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF114",
    "a probe names a port that the container does not have",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("C01", "C08"),
)


def check_probe(container: ContainerSubject, field: str, probe: Probe) -> Iterator[Problem]:
    """A named port of a probe that is not declared."""
    port = probe.port
    if not isinstance(port, str) or not port or port.isdecimal():
        return
    names = [own.name for own in container.spec.ports or () if own.name]
    if port in names:
        return
    # A container that has one named port can mean no other.
    meant = nearest(port, names) or (names[0] if len(names) == 1 else "")
    words = f"port {meant}" if meant else f"declare a port named {port}, or name one of its own"
    patch = {field: {probe.handler: {"port": meant}}} if meant else None
    yield container.problem(
        f"no port of the container is named {port}: {_EFFECTS[field]}",
        field,
        probe.handler,
        "port",
        fix=Fix(words, Safety.REVIEW, patch),
    )


_EFFECTS = {
    "livenessProbe": "liveness never gives a result, and a hang stays unnoticed",
    "readinessProbe": "it never becomes ready",
    "startupProbe": "its start never ends",
}
