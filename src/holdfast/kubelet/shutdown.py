"""Graceful node shutdown: who is stopped when, once it is configured (kubelet.md 6.5).

Source: kubernetes v1.36.2 pkg/kubelet/nodeshutdown/nodeshutdown_manager.go.
"""

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.qos import is_critical
from holdfast.model.pod import Pod


class ShutdownStep(msgspec.Struct, frozen=True):
    """Begin and grace of a pod's end, in seconds after the shutdown was announced."""

    begins: int
    grace_seconds: int


def shutdown_step(
    pod: Pod, behaviour: Behaviour, total_seconds: int = 0, critical_seconds: int = 0
) -> ShutdownStep | None:
    """When a pod is stopped; None where nothing is: the default of both settings is 0 (Q36).

    Args: shutdownGracePeriod and shutdownGracePeriodCriticalPods. Normal pods have the former
    without the latter, then the critical ones have the rest.
    """
    if not behaviour.graceful_shutdown or total_seconds <= 0:
        return None
    normal = total_seconds - critical_seconds
    begins, length = (normal, critical_seconds) if is_critical(pod) else (0, normal)
    return ShutdownStep(begins, min(length, pod.spec.grace_seconds))
