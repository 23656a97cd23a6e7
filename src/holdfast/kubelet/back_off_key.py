"""What an entry of the crash-loop table belongs to (kubelet.md 3.2, Q26).

Source: kubernetes v1.36.2 pkg/kubelet/kuberuntime/helpers.go GetBackoffKey; older versions hash the
container, whose image is all that can change while the pod lives.
"""

from holdfast.kubelet.behaviour import BackOffKey, Behaviour
from holdfast.kubelet.qos import limits_of, requests_of
from holdfast.model.container import Container
from holdfast.model.pod import Pod


def back_off_key(pod: Pod, container: Container, behaviour: Behaviour) -> str:
    """The key: another image begins a new entry, and since 1.32 other resources do."""
    parts = [pod.metadata.uid, container.name, container.image]
    if behaviour.back_off_key is not BackOffKey.CONTAINER:
        for amounts in (requests_of(container), limits_of(container)):
            parts += [f"{name}={amount}" for name, amount in sorted(amounts.items())]
    return "/".join(parts)
