"""The image exposes ports, and the manifest probes or declares another one.

What happens
------------
EXPOSE opens nothing, and is what the author of the image wrote down as the port of the program. A
probe of another port is refused; a Service finds nobody there.

Why it hurts
------------
The container is never ready, or is killed by its liveness probe again and again.

How we know
-----------
ExposedPorts of the image beside the ports of probes and the declared ports, where no word and no
variable of the manifest names the port.

What else it could be
---------------------
A port that a file sets, or an EXPOSE that the base image left.

Fix
---
The port on which the program listens, in both places.

When the fix is wrong
---------------------
Where the program opens more ports than the image tells.

References
----------
docs/specs/rules.md HF518; docs.docker.com/reference/dockerfile, EXPOSE.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Path, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF518",
    "the manifest names another port than the image",
    Severity.MEDIUM,
    Confidence.MEASURE,
    prevents=("C01",),
)


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """Each port of the container that the image does not expose."""
    container = image.container
    exposed = {port.partition("/")[0] for port in image.image.config.exposed_ports}
    if container is None or not exposed or any("-" in port for port in exposed):
        return
    told = " ".join((*container.words, *(v.value or "" for v in container.spec.env or ())))
    for port, path in dict(_ports(container)).items():
        if port not in exposed and port not in told:
            yield image.problem(
                f"port {port}, and the image exposes {', '.join(sorted(exposed))}",
                *path,
                fix=Fix("the port on which the program listens"),
            )


def _ports(container: ContainerSubject) -> Iterator[tuple[str, Path]]:
    """Numbers of ports, and where they stand; probes come last and count."""
    for index, port in enumerate(container.spec.ports or ()):
        if port.container_port:
            yield str(port.container_port), ("ports", index, "containerPort")
    for name, probe in container.probes:
        for field, handler in (("httpGet", probe.http_get), ("tcpSocket", probe.tcp_socket)):
            if handler is not None and isinstance(handler.port, int):
                yield str(handler.port), (name, field, "port")
