"""Liveness depends on a host outside of the pod.

What happens
------------
The container is killed when another host does not answer, whatever its own process does.

Why it hurts
------------
An outage elsewhere, or of the name service, restarts pods that are well.

How we know
-----------
The probe sets host, or its command holds the URL of another host. An address in a pod that shares
the network of its node is taken for the node's own.

What else it could be
---------------------
A name that is the pod's own.

Fix
---
Ask the process itself.

When the fix is wrong
---------------------
Where the other host is another address of this very pod.

References
----------
docs/specs/rules.md HF113, docs/specs/kubelet.md 1.8.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF113",
    "the liveness probe asks another host",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("C02",),
)


_URL = regex(r"https?://(\[[^\]]*\]|[^/:\s\"']+)")
_OWN = regex(r"localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|\$.*")


_ADDRESS = regex(r"[\d.]+|[\da-fA-F:]*:[\da-fA-F:]+")


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A liveness probe with a host, or a command that asks one."""
    for field, action in (("httpGet", probe.http_get), ("tcpSocket", probe.tcp_socket)):
        if action is not None and action.host and not _is_own(action.host, container):
            yield container.problem(
                f"liveness asks {action.host}, not the container",
                "livenessProbe",
                field,
                "host",
                fix=Fix("leave host out: the kubelet then asks the pod's own address"),
            )
    for index, word in enumerate((probe.exec.command or ()) if probe.exec else ()):
        hosts = [host for host in _URL.findall(word) if not _OWN.fullmatch(host)]
        if hosts:
            yield container.problem(
                f"the command of the liveness probe asks {hosts[0]}, not the container",
                "livenessProbe",
                "exec",
                "command",
                index,
                fix=Fix("ask the process itself, on localhost"),
            )


def _is_own(host: str, container: ContainerSubject) -> bool:
    """The loopback address, or an address of the node whose network the pod shares."""
    on_node = bool(container.pod.spec.host_network and _ADDRESS.fullmatch(host))
    return on_node or _OWN.fullmatch(host) is not None
