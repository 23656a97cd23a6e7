"""A pod that does not fit its node: refused, or others leave for it if it is critical.

Rules: the scheduler is asked first; this is what the kubelet does with a pod that was bound to it
nevertheless. Amounts are exact. Source: kubernetes v1.36.2 pkg/kubelet/lifecycle/predicate.go,
pkg/kubelet/preemption/preemption.go; docs/specs/kubelet.md 6.6.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from holdfast.kubelet import wording
from holdfast.kubelet.qos import (
    CPU,
    MEMORY,
    Amounts,
    QosClass,
    is_critical,
    pod_requests,
    qos_class,
)
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity

PODS = "pods"


class Rejection(msgspec.Struct, frozen=True):
    """status.reason and status.message of a pod that was not admitted; its phase is Failed."""

    reason: str
    message: str


def missing(pod: Pod, running: Iterable[Pod], allocatable: Amounts) -> Amounts:
    """What the node lacks for the pod, by resource; empty when it fits."""
    used = used_by(running)
    wanted = {**pod_requests(pod), PODS: Fraction(1)}
    short = {}
    for name, amount in wanted.items():
        free = allocatable.get(name, Fraction(0)) - used.get(name, Fraction(0))
        if amount > 0 and amount > free and (name in allocatable or name != PODS):
            short[name] = amount - free
    return short


def rejection(pod: Pod, running: Sequence[Pod], allocatable: Amounts) -> Rejection | None:
    """How the kubelet words a pod that does not fit, or None; the first resource is named."""
    short = missing(pod, running, allocatable)
    if not short:
        return None
    used = used_by(running)
    wanted = {**pod_requests(pod), PODS: Fraction(1)}
    name = next(name for name in (PODS, CPU, MEMORY, *short) if name in short)
    numbers = (_number(name, part.get(name, Fraction(0))) for part in (wanted, used, allocatable))
    return Rejection(f"OutOf{name}", wording.rejected(wording.insufficient(name, *numbers)))


def preempted_for(pod: Pod, running: Sequence[Pod], allocatable: Amounts) -> tuple[Pod, ...] | None:
    """The pods that leave for a critical pod, or None where that does not help.

    Guaranteed pods are spared first, then Burstable ones, then BestEffort ones.
    """
    short = missing(pod, running, allocatable)
    if not short or not is_critical(pod):
        return None
    lesser = [other for other in running if _yields(other, pod)]
    if _left(short, lesser):
        return None
    best_effort, burstable, guaranteed = (
        [other for other in lesser if qos_class(other) is qos]
        for qos in (QosClass.BEST_EFFORT, QosClass.BURSTABLE, QosClass.GUARANTEED)
    )
    from_guaranteed = _nearest(guaranteed, _left(short, [*best_effort, *burstable]))
    from_burstable = _nearest(burstable, _left(short, [*best_effort, *from_guaranteed]))
    from_best_effort = _nearest(best_effort, _left(short, [*from_burstable, *from_guaranteed]))
    return (*from_best_effort, *from_burstable, *from_guaranteed)


def used_by(pods: Iterable[Pod]) -> Amounts:
    """The requests of pods in sum, and how many they are."""
    total: Amounts = {}
    for pod in pods:
        for name, amount in {**pod_requests(pod), PODS: Fraction(1)}.items():
            total[name] = total.get(name, Fraction(0)) + amount
    return total


def _yields(other: Pod, pod: Pod) -> bool:
    return not is_critical(other) or (other.spec.priority or 0) < (pod.spec.priority or 0)


def _left(short: Amounts, gone: Iterable[Pod]) -> Amounts:
    """What is still missing when these pods have left."""
    freed = used_by(gone)
    rest = {name: amount - freed.get(name, Fraction(0)) for name, amount in short.items()}
    return {name: amount for name, amount in rest.items() if amount > 0}


def _nearest(pods: list[Pod], short: Amounts) -> list[Pod]:
    """The pods whose leaving comes nearest to what is missing, one after the other."""
    chosen: list[Pod] = []
    while short:
        rest = [pod for pod in pods if not any(pod is taken for taken in chosen)]
        best = min(rest, key=lambda pod: (_distance(short, pod), *_size(pod)))
        chosen.append(best)
        short = _left(short, [best])
    return chosen


def _distance(short: Amounts, pod: Pod) -> Fraction:
    """How much of each missing amount stays, as fractions, squared and in sum."""
    left = _left(short, [pod])
    return sum(((amount / short[name]) ** 2 for name, amount in left.items()), Fraction(0))


def _size(pod: Pod) -> tuple[Fraction, Fraction]:
    requests = pod_requests(pod)
    return requests.get(MEMORY, Fraction(0)), requests.get(CPU, Fraction(0))


def _number(name: str, amount: Fraction) -> int:
    return Quantity(amount).millicores if name == CPU else Quantity(amount).bytes
