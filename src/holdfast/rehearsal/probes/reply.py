"""How a probe ended."""

from typing import NamedTuple

from holdfast.kubelet.inputs import Outcome


class Reply(NamedTuple):
    """What it came to, and the text for the kubelet's event."""

    outcome: Outcome
    output: str = ""


class Target(NamedTuple):
    """Whom to ask: the address of the pod, and how the prober calls itself."""

    pod_ip: str
    user_agent: str
