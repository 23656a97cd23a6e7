"""Faults that any service meets: proofs break a pod with them, then stop them and demand recovery.

Rules: a fault is laid over what the process does anyway; it begins when everything has long
settled and ends for good. While it lasts, restarts are allowed where the pod had them before a
change, too; after it, and a time in which every back-off is over, the pod must be ready, and
nothing may restart any more. Model: TigerBeetle's simulator, safety first, then liveness.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from holdfast.kubelet.constants import BACK_OFF_CAP_SECONDS
from holdfast.model.container import Container, Probe
from holdfast.model.duration import Duration
from holdfast.model.pod import Pod
from holdfast.simulation.answering import http_path
from holdfast.simulation.spell import Clock, Lives
from holdfast.simulation.workload import (
    ContainerWorkload,
    Dependency,
    DependencyDown,
    Exit,
    Need,
    Outage,
    Stuck,
    Workload,
)

BEGIN_SECONDS = 1200.0
_LENGTH_SECONDS = 600.0
# Enough for the longest back-off, stretched by the requeue (kubelet.md 3.3), and a slow start.
SETTLE_SECONDS = 2.0 * BACK_OFF_CAP_SECONDS
_CALM_SECONDS = 1800.0
TOTAL_SECONDS = BEGIN_SECONDS + _LENGTH_SECONDS + SETTLE_SECONDS + _CALM_SECONDS
# How long one start takes while its dependency is away: longer than most need.
_SLOW_START_SECONDS = 60.0
_PAUSE_SECONDS, _PAUSE_EVERY_SECONDS = 3.0, 60.0
_NAME = "a fault of the proof"


class Fault(NamedTuple):
    """One way to break a pod; `lay` adds it to what the process of a container does."""

    told: str
    seconds: float
    """How long it lasts."""
    lay: Callable[[ContainerWorkload], ContainerWorkload]
    is_outage: bool = False
    """Whether the dependency of the proof is away meanwhile."""

    @property
    def end_seconds(self) -> float:
        """When it is over."""
        return BEGIN_SECONDS + self.seconds

    def laid_over(self, workload: Workload, container: str) -> Workload:
        """The workload with the fault in one of its containers."""
        own = workload.containers.get(container, workload.containers.get("*", ContainerWorkload()))
        containers = {**workload.containers, container: self.lay(own)}
        dependencies = workload.dependencies
        if self.is_outage:
            outage = Outage(begin=Duration(BEGIN_SECONDS), length=Duration(self.seconds))
            dependencies = {**dependencies, _NAME: Dependency(outages=(outage,))}
        return msgspec.structs.replace(workload, containers=containers, dependencies=dependencies)


def faults_of(pod: Pod, container: str) -> Iterator[Fault]:
    """The faults that this container can meet."""
    spec = next((m.spec for m in pod.members() if m.name == container and m.spec), None)
    paths = _ready_paths(spec) if spec is not None else ()
    if paths:
        told = "what its readiness probe needs is away for 10m"
        yield Fault(told, _LENGTH_SECONDS, _needs(paths), is_outage=True)
    told = "it crashes, and the next start waits 1m"
    yield Fault(told, _SLOW_START_SECONDS, _crashes, is_outage=True)
    yield Fault("it stands still for 3s once a minute, ten times", _LENGTH_SECONDS, _pauses)


def _ready_paths(spec: Container) -> tuple[str, ...]:
    """What the readiness probe asks for; a command is nothing that a dependency fails."""
    probe = spec.readiness_probe
    return _paths(probe) if probe is not None else ()


def _paths(probe: Probe) -> tuple[str, ...]:
    if probe.http_get is not None:
        return (http_path(probe.http_get),)
    return ("grpc",) if probe.grpc is not None else ()


def _needs(paths: tuple[str, ...]) -> Callable[[ContainerWorkload], ContainerWorkload]:
    need = Need(while_running=DependencyDown.FAIL, paths=paths)
    return lambda work: msgspec.structs.replace(work, needs={**work.needs, _NAME: need})


def _crashes(work: ContainerWorkload) -> ContainerWorkload:
    crash = Exit(begin=Duration(BEGIN_SECONDS), clock=Clock.WORLD, lives=Lives.FIRST)
    need = Need(at_start=DependencyDown.WAIT)
    return msgspec.structs.replace(
        work, exits=(*work.exits, crash), needs={**work.needs, _NAME: need}
    )


def _pauses(work: ContainerWorkload) -> ContainerWorkload:
    pause = Stuck(
        begin=Duration(BEGIN_SECONDS),
        end=Duration(BEGIN_SECONDS + _LENGTH_SECONDS),
        every=Duration(_PAUSE_EVERY_SECONDS),
        length=Duration(_PAUSE_SECONDS),
        clock=Clock.WORLD,
        obeys_term=True,
    )
    return msgspec.structs.replace(work, stuck=(*work.stuck, pause))
