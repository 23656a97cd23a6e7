"""A probe without scheme HTTPS asks a port that expects TLS.

What happens
------------
The kubelet sends a plain request, the server answers 400 or closes the connection, and the probe
fails every time.

Why it hurts
------------
A startupProbe or a livenessProbe kills the container for ever; a readinessProbe keeps it out of its
Service.

How we know
-----------
The port is 443 or 8443, or its name begins with https, and scheme is left out or HTTP. A port with
a plain name such as http or metrics is believed.

What else it could be
---------------------
A program that speaks plain HTTP on 8443.

Fix
---
scheme: HTTPS. The kubelet does not check the certificate.

When the fix is wrong
---------------------
Where the port speaks plain HTTP in spite of its number: give it a name that says so.

References
----------
docs/specs/rules.md HF119, docs/specs/causes.md C02, docs/specs/kubelet.md 1.8.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF119",
    "a probe speaks plain HTTP to a port of TLS",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("C02",),
)


_TLS_PORTS = (443, 8443)


def check_probe(container: ContainerSubject, field: str, probe: Probe) -> Iterator[Problem]:
    """httpGet without TLS on a port that is known for it."""
    action = probe.http_get
    if action is None or (action.scheme or "HTTP") != "HTTP":
        return
    number = container.port_number(action.port)
    names = [port.name for port in container.spec.ports or () if port.container_port == number]
    name = names[-1] if names else ""
    if name.startswith("https") or (number in _TLS_PORTS and not name):
        what = f"port {name}" if name else f"port {number}"
        yield container.problem(
            f"it asks {what} in plain HTTP, which a server of TLS refuses",
            field,
            "httpGet",
            "port",
            fix=Fix("scheme HTTPS", Safety.REVIEW, {field: {"httpGet": {"scheme": "HTTPS"}}}),
        )
