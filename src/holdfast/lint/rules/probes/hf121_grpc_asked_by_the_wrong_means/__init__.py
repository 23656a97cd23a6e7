"""The probe starts grpc_health_probe, which the kubelet does itself, or asks gRPC of a server of
HTTP.

What happens
------------
grpc_health_probe is started in the container each period, within its limits and only where the
image holds it. A grpc probe of a server that speaks HTTP/1 costs its whole timeout and always
fails.

Why it hurts
------------
A start of a process under load takes longer than the answer, and an image without the program makes
the probe blind.

How we know
-----------
The first word of the exec command, without options of TLS or of metadata; or the program that the
container runs.

What else it could be
---------------------
A server that needs TLS or a header for its health service: the grpc handler of the kubelet is plain
text.

Fix
---
The grpc handler, with the port of -addr and the service of -service.

When the fix is wrong
---------------------
Where the health service answers over TLS only.

References
----------
docs/specs/rules.md HF121, docs/specs/kubelet.md 1.8 and Q9, docs/specs/causes.md C11.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF121",
    "gRPC is asked through a program, or asked of a server that does not speak it",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "C09",
        "C11",
    ),
)


_ADDRESS = regex(r"-addr[= ]\S*?:(\d+)")
_NOT_PLAIN = regex(r"\s-(?:tls|rpc-header|alts|spiffe|gzip)")
_HTTP_ONLY = ("gunicorn", "uvicorn", "nginx", "httpd", "flask", "php-fpm")


def check_probe(container: ContainerSubject, field: str, probe: Probe) -> Iterator[Problem]:
    """Probes of gRPC that go the wrong way."""
    command = " ".join(probe.exec.command or ()) if probe.exec is not None else ""
    port = _ADDRESS.search(command)
    if "grpc_health_probe" in command and port is not None and not _NOT_PLAIN.search(command):
        yield container.problem(
            f"grpc_health_probe is started every {probe.period} s; the kubelet asks by itself",
            field,
            "exec",
            fix=Fix(f"grpc: {{port: {port[1]}}} instead of exec"),
        )
    server = next((p for p in container.programs if p in _HTTP_ONLY), "")
    if probe.grpc is not None and server:
        yield container.problem(
            f"{server} does not speak gRPC: the probe fails after its whole timeout of "
            f"{probe.timeout} s",
            field,
            "grpc",
            fix=Fix("httpGet of the same port"),
        )
