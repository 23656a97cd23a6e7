"""Which pod leaves a node under pressure, with which grace, and who is let in meanwhile.

Rules: one pod per pass; the QoS class takes no part in the order; critical pods are never evicted.
The caller measures, and decides when a pass takes place. Source: kubernetes v1.36.2
pkg/kubelet/eviction; docs/specs/kubelet.md 6.4.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from fractions import Fraction

import msgspec

from holdfast.kubelet import wording
from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.qos import (
    MEMORY,
    STORAGE,
    QosClass,
    is_critical,
    limits_of,
    pod_limits,
    pod_requests,
    qos_class,
    requests_of,
)
from holdfast.kubelet.toleration import tolerates
from holdfast.model.node import Taint
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity, canonical

# pkg/kubelet/eviction/defaults_linux.go
HARD_DEFAULTS = {
    "memory.available": "100Mi",
    "nodefs.available": "10%",
    "nodefs.inodesFree": "5%",
    "imagefs.available": "15%",
    "imagefs.inodesFree": "5%",
}
# pkg/kubelet/kubelet.go: evictionMonitoringPeriod
MONITORING_SECONDS = 10
# eviction_manager.go: podCleanupTimeout, the longest wait between two passes that evicted
CLEANUP_SECONDS = 30
# pkg/kubelet/apis/config/v1beta1/defaults.go: evictionPressureTransitionPeriod
TRANSITION_SECONDS = 300
# pkg/kubelet/pod_workers.go calculateEffectiveGracePeriod
_LEAST_GRACE_SECONDS = 1
_MEMORY_TAINT = Taint(key="node.kubernetes.io/memory-pressure", effect="NoSchedule")


class Pressure(Enum):
    """What runs short: the node condition, and the resource as messages name it."""

    MEMORY = ("MemoryPressure", "memory")
    DISK = ("DiskPressure", "ephemeral-storage")
    PIDS = ("PIDPressure", "pids")

    @property
    def condition(self) -> str:
        """The type of the node's condition."""
        return self.value[0]

    @property
    def resource(self) -> str:
        """The name in messages and requests."""
        return self.value[1]


class Usage(msgspec.Struct, frozen=True):
    """What a pod uses. None means that it was not measured, which is taken for the worst.

    `memory_bytes` is the working set, `disk_bytes` writable layers, logs and emptyDirs together;
    `containers` breaks down the resource that runs short, in bytes.
    """

    pod: Pod
    memory_bytes: int | None = None
    disk_bytes: int | None = None
    processes: int | None = None
    containers: dict[str, int] = {}


def hard_thresholds(
    configured: Mapping[str, str] | None, *, merges_defaults: bool = False
) -> dict[str, str]:
    """evictionHard as it works: any entry of one's own drops all others (Q34).

    `merges_defaults` is the setting mergeDefaultEvictionSettings.
    """
    if not configured:
        return dict(HARD_DEFAULTS)
    return {**HARD_DEFAULTS, **configured} if merges_defaults else dict(configured)


def is_met(threshold: str, available: Fraction, capacity: Fraction) -> bool:
    """Whether a threshold such as 100Mi or 10% is reached."""
    return available < threshold_amount(threshold, capacity)


def threshold_amount(threshold: str, capacity: Fraction) -> Fraction:
    """A threshold in the unit of its capacity."""
    if threshold.endswith("%"):
        return capacity * Fraction(threshold[:-1]) / 100
    return Quantity.parse(threshold).amount


def rank(pressure: Pressure, usages: Iterable[Usage]) -> tuple[Usage, ...]:
    """The pods in the order in which they would be evicted.

    Memory and disk: above the request first, then lower priority, then the larger excess. PIDs:
    lower priority, then more processes. Equals keep their order.
    """
    return tuple(sorted(usages, key=_SORT_KEYS[pressure]))


def victim(pressure: Pressure, usages: Iterable[Usage]) -> Usage | None:
    """The one pod that this pass evicts, or None when only critical pods are left."""
    return next((one for one in rank(pressure, usages) if not is_critical(one.pod)), None)


def hard_grace_seconds(behaviour: Behaviour) -> int:
    """The grace of a hard eviction: pods get a second, and two more until SIGKILL (2.3)."""
    return max(_LEAST_GRACE_SECONDS, behaviour.hard_eviction_grace_seconds)


def soft_grace_seconds(pod: Pod, longest_seconds: int, behaviour: Behaviour) -> int:
    """The grace of a soft eviction; `longest_seconds` is evictionMaxPodGracePeriod, 0 if unset.

    Unset means one second, not the pod's own grace (Q33).
    """
    override = longest_seconds
    if behaviour.soft_eviction_capped_by_spec:
        override = min(longest_seconds, pod.spec.grace_seconds)
    return max(_LEAST_GRACE_SECONDS, override)


def message(pressure: Pressure, evicted: Usage, threshold: str, available: Fraction) -> str:
    """Message of the event Evicted and of the pod's status."""
    shown = canonical(Quantity(available), binary=pressure is not Pressure.PIDS)
    text = wording.node_low(pressure.resource, threshold, shown)
    if pressure is Pressure.PIDS:
        return text
    for container in evicted.pod.spec.containers:
        used = evicted.containers.get(container.name)
        requested = requests_of(container).get(pressure.resource, Fraction(0))
        if used is not None and used > requested:
            text += wording.larger_consumption(
                container.name,
                canonical(Quantity(Fraction(used)), binary=True),
                canonical(Quantity(requested), binary=True),
                pressure.resource,
            )
    return text


def storage_excess(
    pod: Pod, containers: Mapping[str, int], volumes: Mapping[str, int]
) -> str | None:
    """Why the pod's own storage limits evict it, or None; bytes by container and by volume.

    Looked at in this order in the same loop as node pressure: emptyDir, pod, containers. An
    emptyDir in memory counts for its own limit only (pkg/kubelet/eviction/helpers.go
    localEphemeralVolumeNames).
    """
    in_memory = 0
    for volume in pod.spec.volumes or ():
        if volume.empty_dir is not None and volume.empty_dir.medium == "Memory":
            in_memory += volumes.get(volume.name, 0)
        size = volume.empty_dir.size_limit if volume.empty_dir is not None else None
        if size is None:
            continue
        limit = Quantity.parse(size)
        if limit.amount > 0 and volumes.get(volume.name, 0) > limit.amount:
            return wording.empty_dir_exceeded(volume.name, _shown(limit.amount))
    total = pod_limits(pod).get(STORAGE)
    if total and sum(containers.values()) + sum(volumes.values()) - in_memory > total:
        return wording.pod_storage_exceeded(_shown(total))
    for container in pod.spec.containers:
        own = limits_of(container).get(STORAGE)
        if own and containers.get(container.name, 0) > own:
            return wording.container_storage_exceeded(container.name, _shown(own))
    return None


def refused_under_pressure(pod: Pod, pressures: Iterable[Pressure]) -> str | None:
    """Why a node under pressure does not take a new pod, or None.

    Memory alone keeps only BestEffort pods out; everything else keeps out all but critical ones.
    """
    present = tuple(pressures)
    if not present or is_critical(pod):
        return None
    if present == (Pressure.MEMORY,) and (
        qos_class(pod) is not QosClass.BEST_EFFORT or tolerates(pod.spec.tolerations, _MEMORY_TAINT)
    ):
        return None
    return wording.rejected(wording.node_condition(one.condition for one in present))


def _memory_key(usage: Usage) -> tuple[float, ...]:
    return _excess_key(usage.pod, usage.memory_bytes, MEMORY)


def _disk_key(usage: Usage) -> tuple[float, ...]:
    return _excess_key(usage.pod, usage.disk_bytes, STORAGE)


def _excess_key(pod: Pod, used: int | None, resource: str) -> tuple[float, ...]:
    priority = pod.spec.priority or 0
    if used is None:
        return (-1, priority, 0)
    excess = used - pod_requests(pod).get(resource, Fraction(0))
    return (0 if excess > 0 else 1, priority, float(-excess))


def _process_key(usage: Usage) -> tuple[float, ...]:
    priority = usage.pod.spec.priority or 0
    return (priority, float("-inf") if usage.processes is None else -usage.processes)


_SORT_KEYS: dict[Pressure, Callable[[Usage], tuple[float, ...]]] = {
    Pressure.MEMORY: _memory_key,
    Pressure.DISK: _disk_key,
    Pressure.PIDS: _process_key,
}


def _shown(amount: Fraction) -> str:
    return canonical(Quantity(amount), binary=True)
