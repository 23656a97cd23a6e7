"""From requests and limits to the values of cgroups, and what a node can give away.

Rules: integers as the kernel gets them; None means that nothing is written. Source: kubernetes
v1.36.2 pkg/kubelet/cm/helpers_linux.go, kuberuntime_container_linux.go, qos/policy.go,
cm/node_container_manager_linux.go and opencontainers/cgroups utils.go; docs/specs/kubelet.md 6.3,
6.7, 7.3, 7.4.
"""

import math
from fractions import Fraction

import msgspec

from holdfast.kubelet.behaviour import WeightFormula
from holdfast.kubelet.qos import (
    CPU,
    MEMORY,
    STORAGE,
    Amounts,
    QosClass,
    containers,
    has_pod_level_resources,
    limits_of,
    pod_limits,
    pod_requests,
    qos_class,
    requests_of,
)
from holdfast.model.container import Container
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity

# pkg/kubelet/cm/helpers_linux.go
MIN_SHARES, MAX_SHARES = 2, 262_144
QUOTA_PERIOD_MICROSECONDS = 100_000
MIN_QUOTA_MICROSECONDS = 1_000
# pkg/kubelet/apis/config/v1beta1/defaults.go: memoryThrottlingFactor, as an exact number
MEMORY_THROTTLING_FACTOR = Fraction(9, 10)
PAGE_BYTES = 4096
_MILLI = 1000


class CgroupValues(msgspec.Struct, frozen=True):
    """What is written for one cgroup v2; `memory_high` only with the gate MemoryQoS."""

    cpu_shares: int
    cpu_weight: int
    quota_microseconds: int | None = None
    memory_max: int | None = None
    memory_high: int | None = None


class Allocatable(msgspec.Struct, frozen=True):
    """What a node tells the scheduler, and the memory limit of all pods together."""

    reported: dict[str, Fraction]
    pods_memory_max: int | None


def cpu_shares(millicores: int) -> int:
    """cpu.shares of a request; 0 for none (kubelet.md 7.3)."""
    return max(MIN_SHARES, min(MAX_SHARES, millicores * 1024 // _MILLI))


def cpu_quota(millicores: int, period: int = QUOTA_PERIOD_MICROSECONDS) -> int | None:
    """CFS quota of a limit in microseconds per period; None without a limit."""
    if millicores == 0:
        return None
    return max(MIN_QUOTA_MICROSECONDS, millicores * period // _MILLI)


def cpu_weight(shares: int, formula: WeightFormula) -> int:
    """cpu.weight of cgroup v2: kubelets and runtimes changed the formula in 2025 (Q32)."""
    if formula is WeightFormula.LINEAR:
        return 1 + (shares - MIN_SHARES) * 9999 // 262_142
    if shares <= MIN_SHARES:
        return 1
    if shares >= MAX_SHARES:
        return 10_000
    log = math.log2(shares)
    return math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34))


def memory_high(request_bytes: int, limit_bytes: int | None, allocatable_bytes: int) -> int | None:
    """memory.high under MemoryQoS; a missing limit counts as the node's allocatable (6.3)."""
    limit = allocatable_bytes if limit_bytes is None else limit_bytes
    if request_bytes == limit:
        return None
    high = request_bytes + MEMORY_THROTTLING_FACTOR * (limit - request_bytes)
    return int(high // PAGE_BYTES) * PAGE_BYTES


def container_cgroup(
    pod: Pod,
    container: Container,
    formula: WeightFormula,
    *,
    exclusive_cpus: bool = False,
    qos_allocatable_bytes: int | None = None,
) -> CgroupValues:
    """The cgroup of one container.

    `formula` is that of the runtime. `exclusive_cpus` is the static CPU manager at work (1.33 and
    later write no quota then). `qos_allocatable_bytes` is the node's memory where MemoryQoS is on.
    """
    own_requests, own_limits = requests_of(container), limits_of(container)
    whole = pod_limits(pod) if has_pod_level_resources(pod) else {}
    limits = whole | own_limits
    wanted = own_requests if CPU in own_requests else own_limits
    shares = cpu_shares(_millicores(wanted))
    memory = _bytes(limits)
    high = None
    if qos_allocatable_bytes is not None and qos_class(pod) is not QosClass.BEST_EFFORT:
        high = memory_high(_bytes(own_requests) or 0, memory, qos_allocatable_bytes)
    return CgroupValues(
        cpu_shares=shares,
        cpu_weight=cpu_weight(shares, formula),
        quota_microseconds=None if exclusive_cpus else cpu_quota(_millicores(limits)),
        memory_max=memory,
        memory_high=high,
    )


def pod_cgroup(pod: Pod, formula: WeightFormula) -> CgroupValues:
    """The cgroup around a pod's containers: limits only where every container has one (7.4)."""
    qos = qos_class(pod)
    if qos is QosClass.BEST_EFFORT:
        return CgroupValues(MIN_SHARES, cpu_weight(MIN_SHARES, formula))
    limits = pod_limits(pod)
    shares = cpu_shares(_millicores(pod_requests(pod)))
    return CgroupValues(
        cpu_shares=shares,
        cpu_weight=cpu_weight(shares, formula),
        quota_microseconds=cpu_quota(_millicores(limits)) if _declared(pod, CPU) else None,
        memory_max=_bytes(limits) if _declared(pod, MEMORY) else None,
    )


def burstable_shares(pods: tuple[Pod, ...]) -> int:
    """cpu.shares of kubepods/burstable: the requests of its pods in sum, 2 without any."""
    burstable = [pod for pod in pods if qos_class(pod) is QosClass.BURSTABLE]
    return cpu_shares(sum(_millicores(pod_requests(pod)) for pod in burstable))


def node_allocatable(
    capacity: Amounts, system_reserved: Amounts, kube_reserved: Amounts, eviction_hard: Amounts
) -> Allocatable:
    """What is left for pods; the threshold of eviction is reported but not enforced (6.7)."""
    reserved = (system_reserved, kube_reserved)
    enforced = {name: _less(amount, name, reserved) for name, amount in capacity.items()}
    reported = {
        name: _less(amount, name, (eviction_hard,)) if name in (MEMORY, STORAGE) else amount
        for name, amount in enforced.items()
    }
    memory = enforced.get(MEMORY)
    return Allocatable(reported, None if memory is None else int(memory))


def _less(amount: Fraction, name: str, taken: tuple[Amounts, ...]) -> Fraction:
    return max(Fraction(0), amount - sum(part.get(name, Fraction(0)) for part in taken))


def _declared(pod: Pod, resource: str) -> bool:
    """Whether every container, or the pod itself, has a limit of this resource."""
    if has_pod_level_resources(pod) and pod.spec.resources is not None:
        written = pod.spec.resources.limits or {}
        if Quantity.parse(written.get(resource, 0)).amount > 0:
            return True
    return all(limits_of(spec).get(resource, Fraction(0)) > 0 for spec in containers(pod))


def _millicores(amounts: Amounts) -> int:
    return Quantity(amounts.get(CPU, Fraction(0))).millicores


def _bytes(amounts: Amounts) -> int | None:
    amount = amounts.get(MEMORY)
    return Quantity(amount).bytes if amount else None
