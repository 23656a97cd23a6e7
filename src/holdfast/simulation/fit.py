"""Which pods fit on which nodes, what is missing for whom, and how the scheduler words it.

Rules: pods as the API stores them (`kubelet.admission.admit`); the higher priority is placed first,
equals in the order given; among nodes that fit, the one with the most left wins
(NodeResourcesFit/LeastAllocated), then the first given, where the scheduler takes one by chance.
Looked at are cordons, taints, nodeSelector, host ports and resources; not affinity, topology
spreading, volumes and devices by claim. Preemption is told, not done. Source: kubernetes v1.36.2
pkg/scheduler/framework; docs/specs/kubelet.md 7.5.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.preemption import PODS
from holdfast.kubelet.qos import (
    CPU,
    MEMORY,
    Amounts,
    containers,
    pod_limits,
    pod_requests,
    requests_of,
)
from holdfast.kubelet.toleration import tolerates
from holdfast.model.errors import HoldfastError
from holdfast.model.node import Node, Taint
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity

# pkg/scheduler/util/pod_resources.go: what a container without request counts as in scoring; in
# filtering it counts as nothing.
UNSET_SCORES = {CPU: Fraction(1, 10), MEMORY: Fraction(200 * 1024 * 1024)}
Units = dict[str, int]
"""Millicores for cpu, whole units for everything else, as the scheduler counts."""

_UNSCHEDULABLE = Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule")
_HARD_EFFECTS = ("NoSchedule", "NoExecute")
_TOP_SCORE = 100
# pkg/scheduler/schedule_one.go and framework/types.go
_NO_NODES = "no nodes available to schedule pods"
_NOT_HELPFUL = "Preemption is not helpful for scheduling"
_NO_VICTIMS = "No preemption victims found for incoming pod"


class FitError(HoldfastError):
    """A node that cannot be judged."""


class Obstacle(msgspec.Struct, frozen=True):
    """Why a pod does not fit on one node.

    `missing` is what the node lacks, in base units; `resolvable` says whether the departure of
    other pods could help at all, `preempts` whether pods of lower priority are enough for it.
    """

    node: str
    reasons: tuple[str, ...]
    missing: dict[str, Fraction] = {}
    resolvable: bool = False
    preempts: bool = False


class Placement(msgspec.Struct, frozen=True):
    """A pod, and its node; None where no node fits, with the obstacle of each."""

    pod: Pod
    node: str | None
    obstacles: tuple[Obstacle, ...] = ()
    message: str = ""
    """What the event FailedScheduling says; "" for a pod that has a node."""


class NodeLoad(msgspec.Struct, frozen=True):
    """What the pods of a node request and may use, in base units by resource."""

    allocatable: dict[str, Fraction]
    requested: dict[str, Fraction]
    limits: dict[str, Fraction]

    def overcommit(self, resource: str) -> Fraction | None:
        """Limits in sum as a share of what can be given; None where nothing can be."""
        whole = self.allocatable.get(resource)
        return self.limits.get(resource, Fraction(0)) / whole if whole else None


class Fit(msgspec.Struct, frozen=True):
    """All placements in the order in which they were made, and the nodes afterwards."""

    placements: tuple[Placement, ...]
    loads: dict[str, NodeLoad]

    @property
    def unplaced(self) -> tuple[Placement, ...]:
        """The pods that stay Pending."""
        return tuple(placement for placement in self.placements if placement.node is None)


def fit(pods: Iterable[Pod], nodes: Sequence[Node], behaviour: Behaviour) -> Fit:
    """Place the pods that have no node beside those that have one.

    Pods that have ended, or that run on a node that was not given, take no part. Raises FitError
    for a node that does not tell what it can give away.
    """
    rooms = {node.metadata.name: _Room(node, _allocatable(node)) for node in nodes}
    waiting = []
    for pod in pods:
        if pod.status.phase in ("Succeeded", "Failed"):
            continue
        if not pod.spec.node_name:
            waiting.append(_Asking(pod))
        elif pod.spec.node_name in rooms:
            rooms[pod.spec.node_name].take(_Asking(pod))
    waiting.sort(key=lambda asking: -asking.priority)
    placements = tuple(_place(asking, rooms, behaviour) for asking in waiting)
    return Fit(placements, {name: room.load() for name, room in rooms.items()})


def unset_requests(pod: Pod) -> dict[str, tuple[str, ...]]:
    """The containers that request no cpu or no memory: nothing is kept free for them."""
    found = {
        resource: tuple(spec.name for spec in containers(pod) if resource not in requests_of(spec))
        for resource in (CPU, MEMORY)
    }
    return {resource: names for resource, names in found.items() if names}


class _Asking:
    """What one pod wants, counted once, in the scheduler's whole units."""

    def __init__(self, pod: Pod) -> None:
        self.pod = pod
        self.priority = pod.spec.priority or 0
        self.units = {**_units(pod_requests(pod)), PODS: 1}
        self.scored = _units(pod_requests(pod, UNSET_SCORES))
        self.ports = {
            (port.protocol or "TCP", port.host_port)
            for spec in pod.spec.containers
            for port in spec.ports or ()
            if port.host_port
        }


class _Room:
    """A node, and what is taken of it."""

    def __init__(self, node: Node, allocatable: Amounts) -> None:
        self.node = node
        self.name = node.metadata.name
        self.allocatable = allocatable
        self.units = _units(allocatable)
        self.used: Units = {}
        self.scored: Units = {}
        self.ports: set[tuple[str, int]] = set()
        self.pods: list[_Asking] = []

    def take(self, asking: _Asking) -> None:
        """One more pod."""
        self.pods.append(asking)
        _add(self.used, asking.units)
        _add(self.scored, asking.scored)
        self.ports |= asking.ports

    def frees_for(self, asking: _Asking) -> bool:
        """Whether there is room once every pod of lower priority has left."""
        rest = [other for other in self.pods if other.priority >= asking.priority]
        if len(rest) == len(self.pods):
            return False
        used: Units = {}
        for other in rest:
            _add(used, other.units)
        taken = set().union(*(other.ports for other in rest))
        return not _short(asking.units, used, self.units) and not asking.ports & taken

    def load(self) -> NodeLoad:
        """Requests and limits in sum."""
        limits: Amounts = {}
        for asking in self.pods:
            for resource, amount in pod_limits(asking.pod).items():
                limits[resource] = limits.get(resource, Fraction(0)) + amount
        requested = {resource: _amount(resource, units) for resource, units in self.used.items()}
        return NodeLoad(self.allocatable, requested, limits)


def _place(asking: _Asking, rooms: dict[str, _Room], behaviour: Behaviour) -> Placement:
    obstacles = []
    best: tuple[int, _Room] | None = None
    for room in rooms.values():
        obstacle = _obstacle(asking, room, behaviour)
        if obstacle is not None:
            obstacles.append(obstacle)
            continue
        score = _score(asking, room)
        if best is None or score > best[0]:
            best = (score, room)
    if best is None:
        return Placement(asking.pod, None, tuple(obstacles), _message(obstacles, behaviour))
    best[1].take(asking)
    return Placement(asking.pod, best[1].name, tuple(obstacles))


def _obstacle(asking: _Asking, room: _Room, behaviour: Behaviour) -> Obstacle | None:
    """The first filter that the node does not pass, in the scheduler's order."""
    reason = _standing_reason(asking.pod, room.node, behaviour)
    if reason:
        return Obstacle(room.name, (reason,))
    if asking.ports & room.ports:
        reason = "node(s) didn't have free ports for the requested pod ports"
        preempts = room.frees_for(asking)
        return Obstacle(room.name, (reason,), resolvable=True, preempts=preempts)
    short = _short(asking.units, room.used, room.units)
    if not short:
        return None
    too_large = bool(_short(asking.units, {}, room.units))
    return Obstacle(
        room.name,
        tuple(_insufficient(resource) for resource in short),
        {resource: _amount(resource, units) for resource, units in short.items()},
        resolvable=not (too_large and behaviour.unresolvable_when_larger_than_node),
        preempts=not too_large and room.frees_for(asking),
    )


def _standing_reason(pod: Pod, node: Node, behaviour: Behaviour) -> str:
    """What no departure of other pods changes."""
    if node.spec.unschedulable and not tolerates(pod.spec.tolerations, _UNSCHEDULABLE):
        return "node(s) were unschedulable"
    for taint in node.spec.taints or ():
        if taint.effect in _HARD_EFFECTS and not tolerates(pod.spec.tolerations, taint):
            if behaviour.names_untolerated_taints:
                return f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}"
            return "node(s) had untolerated taint(s)"
    labels = node.metadata.labels or {}
    if any(labels.get(key) != value for key, value in (pod.spec.node_selector or {}).items()):
        return "node(s) didn't match Pod's node affinity/selector"
    return ""


def _insufficient(resource: str) -> str:
    return "Too many pods" if resource == PODS else f"Insufficient {resource}"


def _score(asking: _Asking, room: _Room) -> int:
    """LeastAllocated: what would be left of cpu and memory, in whole percent."""
    scores = []
    for resource in (CPU, MEMORY):
        whole = room.units.get(resource, 0)
        asked = room.scored.get(resource, 0) + asking.scored.get(resource, 0)
        if whole:
            scores.append(max(0, (whole - asked) * _TOP_SCORE // whole))
    return sum(scores) // len(scores) if scores else 0


def _message(obstacles: list[Obstacle], behaviour: Behaviour) -> str:
    """As the scheduler's FitError words it."""
    if not obstacles:
        return _NO_NODES
    text = f"0/{len(obstacles)} nodes are available: "
    text += _histogram(reason for obstacle in obstacles for reason in obstacle.reasons)
    if any(obstacle.preempts for obstacle in obstacles):
        return text
    claims = "no new claims to deallocate, " if behaviour.claims_in_scheduling_events else ""
    outcomes = (_NO_VICTIMS if obstacle.resolvable else _NOT_HELPFUL for obstacle in obstacles)
    return (
        f"{text} {claims}preemption: 0/{len(obstacles)} nodes are available: {_histogram(outcomes)}"
    )


def _histogram(reasons: Iterable[str]) -> str:
    return ", ".join(sorted(f"{count} {text}" for text, count in Counter(reasons).items())) + "."


def _allocatable(node: Node) -> Amounts:
    written = node.status.allocatable or node.status.capacity
    try:
        amounts = {name: Quantity.parse(text).amount for name, text in (written or {}).items()}
    except ValueError as error:
        raise _unknown(node, str(error)) from error
    if not {CPU, MEMORY} <= amounts.keys():
        raise _unknown(node, "no allocatable cpu and memory")
    return amounts


def _units(amounts: Amounts) -> Units:
    return {
        resource: Quantity(amount).millicores if resource == CPU else Quantity(amount).bytes
        for resource, amount in amounts.items()
    }


def _amount(resource: str, units: int) -> Fraction:
    return Fraction(units, 1000) if resource == CPU else Fraction(units)


def _add(total: Units, units: Units) -> None:
    for resource, count in units.items():
        total[resource] = total.get(resource, 0) + count


def _short(wanted: Units, used: Units, room: Units) -> Units:
    """What is missing, by resource. A node that does not count its pods takes any number."""
    short = {}
    for resource, count in wanted.items():
        free = room.get(resource, 0) - used.get(resource, 0)
        if 0 < count > free and (resource in room or resource != PODS):
            short[resource] = count - free
    return short


def _unknown(node: Node, found: str) -> FitError:
    return FitError(
        "fitting pods on nodes",
        f"node {node.metadata.name}, status.allocatable",
        found,
        "read nodes with kubectl get nodes -o json, or write cpu and memory into their status",
    )
