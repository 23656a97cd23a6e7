"""The port that a probe or hook asks: a number, or the name of one of the same container.

Source: kubernetes v1.36.2 pkg/probe/util.go ResolveContainerPort.
"""

from holdfast.kubelet.probe_output import unknown_port
from holdfast.model.container import Container


class PortError(Exception):
    """A port that this container does not have; the message is the kubelet's."""


def resolve_port(spec: Container, port: int | str | None) -> int:
    """Its number. Raises PortError."""
    number = port if isinstance(port, int) else _by_name(spec, port or "")
    if not 0 < number < 65536:
        raise PortError(f"invalid port number: {number}")
    return number


def _by_name(spec: Container, name: str) -> int:
    for entry in spec.ports or ():
        if entry.name == name:
            return entry.container_port
    if not name.isdecimal():
        raise PortError(unknown_port(name))
    return int(name)
