"""One owner of pods in a world: its controller, and what the controller can do there.

Rules: a controller knows names and readiness; which node takes a pod and what its processes do is
decided here.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

from holdfast.kubelet.outputs import PublishStatus
from holdfast.model.container import ContainerStatus
from holdfast.model.pod import Pod, PodStatus
from holdfast.simulation.controller import Controller
from holdfast.simulation.pod_run import PodRun
from holdfast.simulation.subject import Subject
from holdfast.simulation.workload import ContainerWorkload

# A pod that no node takes is tried again when something changed, at least this often
# (pkg/scheduler: backoff of up to 10 s, flush of unschedulable pods every 5 min).
_RETRY_SECONDS = 10.0


class World(Protocol):
    """What an owner needs of the world."""

    @property
    def now(self) -> float:
        """The time."""

    def at(self, time: float, action: Callable[..., None]) -> None:
        """Do something at a time."""

    def admit(self, owner: "Owner", pod: Pod) -> PodRun | None:
        """Bring a pod to a node; None while no node takes it."""

    def remove(self, owner: "Owner", run: PodRun) -> None:
        """Delete a pod with its own grace."""

    def refusal(self, pod: Pod) -> str:
        """Why a pod has no node, or ""."""


class Owner:
    """One owner. `last` is the newest published status of each pod, by uid."""

    def __init__(
        self, subject: Subject, workloads: dict[str, ContainerWorkload], world: World
    ) -> None:
        """No pods yet."""
        self.subject = subject
        self.workloads = workloads
        self.controller = Controller(subject, self)
        self.last: dict[str, PublishStatus] = {}
        self._world = world

    @property
    def now(self) -> float:
        """The time of the world."""
        return self._world.now

    def at(self, time: float, action: Callable[..., None]) -> None:
        """Do something at a time."""
        self._world.at(time, action)

    def create(self, name: str) -> PodRun | None:
        """Create a pod; None while no node takes it."""
        run = self._world.admit(self, self.subject.pod_named(name))
        if run is None:
            self.at(self.now + _RETRY_SECONDS, self.controller.step)
        return run

    def delete(self, run: PodRun) -> None:
        """Delete a pod with the grace of its spec."""
        self._world.remove(self, run)

    def is_ready(self, run: PodRun) -> bool:
        """Whether the API shows a pod as ready."""
        shown = self.last.get(run.pod.metadata.uid)
        return shown is not None and shown.is_ready

    def states(self) -> Iterator[str]:
        """What the API shows of each pod: "api-0: Running; app ready (0 restarts)"."""
        for pod in self.controller.pods:
            if pod.run is None:
                reason = self._world.refusal(self.subject.pod_named(pod.name))
                yield f"{pod.name}: Pending" + (f", {reason}" if reason else "")
                continue
            shown = self.last.get(pod.run.pod.metadata.uid)
            if shown is not None:
                status = shown.status
                said = ", ".join(_described(container) for container in _statuses(status))
                reason = f" {status.reason}" if status.reason else ""
                yield f"{pod.name}: {status.phase}{reason}; {said}"


def _statuses(status: PodStatus) -> Iterator[ContainerStatus]:
    yield from status.init_container_statuses or ()
    yield from status.container_statuses or ()


def _described(container: ContainerStatus) -> str:
    state = container.state
    if state.running is not None:
        said = "ready" if container.ready else "not ready"
    elif state.terminated is not None:
        said = state.terminated.reason
    else:
        said = state.waiting.reason if state.waiting is not None else "unknown"
    return f"{container.name} {said} ({container.restart_count} restarts)"
