"""What a pod asks for in sum, its QoS class, and its place in the kernel's out-of-memory order.

Rules: pods are as the API stores them, with defaults applied (`defaults.py`): a limit alone is a
request, too. Amounts are exact. Source: kubernetes v1.36.2 pkg/apis/core/v1/helper/qos,
component-helpers/resource/helpers.go, pkg/kubelet/qos/policy.go; docs/specs/kubelet.md 6.2, 7.1,
7.5.
"""

from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction

from holdfast.model.container import Container, ContainerKind, Resources
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity

CPU, MEMORY, STORAGE = "cpu", "memory", "ephemeral-storage"
# Only these make a QoS class.
QOS_RESOURCES = (CPU, MEMORY)
# pkg/apis/scheduling/types.go: SystemCriticalPriority, and system-node-critical
CRITICAL_PRIORITY = 2_000_000_000
NODE_CRITICAL_PRIORITY = 2_000_001_000
# pkg/kubelet/qos/policy.go
GUARANTEED_OOM_SCORE = -997
BEST_EFFORT_OOM_SCORE = 1000

Amounts = dict[str, Fraction]


class QosClass(StrEnum):
    """core/v1 PodQOSClass."""

    GUARANTEED = "Guaranteed"
    BURSTABLE = "Burstable"
    BEST_EFFORT = "BestEffort"


def is_critical(pod: Pod) -> bool:
    """Whether the kubelet spares it: priority of the system classes (static pods: not modelled)."""
    return (pod.spec.priority or 0) >= CRITICAL_PRIORITY


def requests_of(container: Container) -> Amounts:
    """What one container requests, by resource, in base units."""
    return _amounts(container.resources, "requests")


def limits_of(container: Container) -> Amounts:
    """The limits of one container."""
    return _amounts(container.resources, "limits")


def pod_requests(pod: Pod, unset: Amounts | None = None) -> Amounts:
    """What the scheduler counts: containers, then pod-level values instead, then overhead.

    `unset` is what a container counts as that does not request a resource: nothing by default.
    """
    total = _aggregate(pod, "requests", unset)
    total |= _pod_level(pod, "requests")
    for resource, amount in _read(pod.spec.overhead).items():
        total[resource] = total.get(resource, Fraction(0)) + amount
    return total


def pod_limits(pod: Pod) -> Amounts:
    """The limits in sum; overhead counts only where there is a limit."""
    total = _aggregate(pod, "limits")
    total |= _pod_level(pod, "limits")
    for resource, amount in _read(pod.spec.overhead).items():
        if total.get(resource):
            total[resource] += amount
    return total


def container_requests(pod: Pod) -> Amounts:
    """What the containers request in sum, without pod-level values and overhead."""
    return _aggregate(pod, "requests")


def has_pod_level_resources(pod: Pod) -> bool:
    """Whether spec.resources says anything about cpu or memory."""
    return bool(_pod_level(pod, "requests") or _pod_level(pod, "limits"))


def qos_class(pod: Pod) -> QosClass:
    """The class, which is fixed at creation (kubelet.md 7.1).

    Init containers count like others: one without limits makes a pod Burstable (Q31).
    """
    if has_pod_level_resources(pod):
        parts = [(_positive(_pod_level(pod, "requests")), _positive(_pod_level(pod, "limits")))]
    else:
        parts = [
            (_positive(requests_of(spec)), _positive(limits_of(spec))) for spec in containers(pod)
        ]
    requests, limits = _sum(part[0] for part in parts), _sum(part[1] for part in parts)
    if not requests and not limits:
        return QosClass.BEST_EFFORT
    limited = all(set(part[1]) == set(QOS_RESOURCES) for part in parts)
    return QosClass.GUARANTEED if limited and requests == limits else QosClass.BURSTABLE


def oom_score_adj(pod: Pod, container: Container, capacity_bytes: int) -> int:
    """oom_score_adj of a container on a node with this much memory (kubelet.md 6.2)."""
    if (pod.spec.priority or 0) >= NODE_CRITICAL_PRIORITY:
        return GUARANTEED_OOM_SCORE
    qos = qos_class(pod)
    if qos is QosClass.GUARANTEED:
        return GUARANTEED_OOM_SCORE
    if qos is QosClass.BEST_EFFORT:
        return BEST_EFFORT_OOM_SCORE
    share = _unassigned_memory_share(pod)
    requested = _memory_bytes(container)
    if container in (pod.spec.init_containers or ()) and container.restart_policy == "Always":
        # A sidecar must not die before the app that it serves.
        requested = max(requested, min(_memory_bytes(spec) for spec in pod.spec.containers))
    score = 1000 - 1000 * (requested + share) // capacity_bytes
    return min(max(score, 1000 + GUARANTEED_OOM_SCORE), BEST_EFFORT_OOM_SCORE - 1)


def containers(pod: Pod) -> Iterator[Container]:
    """Init, sidecar and app containers."""
    yield from pod.spec.init_containers or ()
    yield from pod.spec.containers


def _aggregate(pod: Pod, side: str, unset: Amounts | None = None) -> Amounts:
    """max(apps + sidecars, each init container beside the sidecars before it), per resource."""
    running: Amounts = {}
    peak: Amounts = {}
    for member in pod.members():
        if member.spec is None or member.kind is ContainerKind.EPHEMERAL:
            continue
        amounts = {**(unset or {}), **_amounts(member.spec.resources, side)}
        if member.kind is ContainerKind.INIT:
            beside = _sum((running, amounts))
            peak = {k: max(peak.get(k, Fraction(0)), beside[k]) for k in {*peak, *beside}}
        else:
            running = _sum((running, amounts))
    zero = Fraction(0)
    return {k: max(running.get(k, zero), peak.get(k, zero)) for k in sorted({*running, *peak})}


def _pod_level(pod: Pod, side: str) -> Amounts:
    amounts = _amounts(pod.spec.resources, side)
    return {
        resource: amount
        for resource, amount in amounts.items()
        if resource in QOS_RESOURCES or resource.startswith("hugepages-")
    }


def _unassigned_memory_share(pod: Pod) -> int:
    """What a pod-level memory request leaves to each container beside its own request."""
    whole = _pod_level(pod, "requests").get(MEMORY)
    if not whole:
        return 0
    assigned = container_requests(pod).get(MEMORY, Fraction(0))
    return _whole(whole - assigned) // sum(1 for _ in containers(pod))


def _memory_bytes(container: Container) -> int:
    return _whole(requests_of(container).get(MEMORY, Fraction(0)))


def _whole(amount: Fraction) -> int:
    return Quantity(amount).bytes


def _amounts(resources: Resources | None, side: str) -> Amounts:
    return _read(getattr(resources, side)) if resources is not None else {}


def _read(written: dict[str, str | int | float] | None) -> Amounts:
    return {name: Quantity.parse(text).amount for name, text in (written or {}).items()}


def _positive(amounts: Amounts) -> Amounts:
    return {
        name: amount for name, amount in amounts.items() if name in QOS_RESOURCES and amount > 0
    }


def _sum(parts: "Iterator[Amounts] | tuple[Amounts, ...]") -> Amounts:
    total: Amounts = {}
    for part in parts:
        for name, amount in part.items():
            total[name] = total.get(name, Fraction(0)) + amount
    return total
