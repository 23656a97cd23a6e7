"""The owner of pods at work: how many there are, and how new ones take the place of old ones.

Rules: a Deployment keeps `replicas - maxUnavailable` pods available and has at most
`replicas + maxSurge` (pkg/controller/deployment/rolling.go); a StatefulSet and a DaemonSet let one
pod go before its successor comes; a pod that ended for good is replaced, unless it was meant to end
or nobody owns it. A controller acts a moment after what it saw.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec

from holdfast.simulation.pod_run import PodRun
from holdfast.simulation.subject import Replacement, Subject

# kubelet.md 0.3: an API call and its watch event, there and back.
_LAG_SECONDS = 0.1


class World(Protocol):
    """What a controller can do and see."""

    @property
    def now(self) -> float:
        """The time."""

    def at(self, time: float, action: Callable[..., None]) -> None:
        """Do something at a time."""

    def create(self, name: str) -> PodRun | None:
        """Create a pod; None while no node takes it."""

    def delete(self, run: PodRun) -> None:
        """Delete a pod with its own grace."""


class Owned(msgspec.Struct, eq=False):
    """One pod of the owner."""

    name: str
    ordinal: int
    revision: int
    run: PodRun | None
    ready_since: float | None = None
    deleted: bool = False
    finished: bool = False


class Controller:
    """One owner and its pods."""

    def __init__(self, subject: Subject, world: World) -> None:
        """No pods yet."""
        self.subject = subject
        self.pods: list[Owned] = []
        self.rollouts: list[tuple[float, float | None]] = []
        """When each rollout began, and when it was complete."""
        self._world = world
        self._revision = 0
        self._made = 0

    def begin(self) -> None:
        """Create the pods: all at once, or one after the other in a StatefulSet."""
        self.step()

    def roll_out(self) -> None:
        """A new revision of the template is wanted from now on."""
        self._revision += 1
        self.rollouts.append((self._world.now, None))
        self.step()

    def seen(self, run: PodRun, *, ready: bool) -> None:
        """The status of a pod was published; what counts of it is whether the pod is ready."""
        for pod in self.pods:
            if pod.run is run and ready != (pod.ready_since is not None):
                pod.ready_since = self._world.now if ready else None
                if ready and self.subject.min_ready_seconds:
                    self._later(self.subject.min_ready_seconds)
                self._later(_LAG_SECONDS)

    def ended(self, run: PodRun) -> None:
        """Nothing of a pod runs any more, and nothing will."""
        for pod in self.pods:
            if pod.run is run:
                pod.finished = True
                self._later(_LAG_SECONDS)

    def _later(self, seconds: float) -> None:
        self._world.at(self._world.now + seconds, self.step)

    def step(self) -> None:
        """Compare what is wanted with what is there."""
        self.pods = [pod for pod in self.pods if not pod.finished or self._stays(pod)]
        for pod in self.pods:
            if pod.run is None and not pod.deleted:
                pod.run = self._world.create(pod.name)
        if self.subject.replacement is Replacement.ORDERED:
            self._step_ordered()
        elif self.subject.replacement is Replacement.RECREATE:
            self._step_recreate()
        else:
            self._step_rolling()
        self._close_rollout()

    def _stays(self, pod: Owned) -> bool:
        """A pod without an owner, or one that did its work, is not replaced."""
        if pod.deleted:
            return False
        return self.subject.kind == "Pod" or self.subject.finite

    def _step_rolling(self) -> None:
        wanted, subject = self.subject.replicas, self.subject
        present = [pod for pod in self.pods if not pod.deleted]
        new = [pod for pod in present if pod.revision == self._revision]
        room = wanted + subject.max_surge - len(present)
        for _ in range(min(room, wanted - len(new))):
            self._create(self._made)
        present = [pod for pod in self.pods if not pod.deleted]
        new = [pod for pod in present if pod.revision == self._revision]
        old = [pod for pod in present if pod.revision != self._revision]
        least = wanted - subject.max_unavailable
        spare = len(present) - least - sum(not self._available(pod) for pod in new)
        for pod in sorted(old, key=self._available):
            available = sum(self._available(one) for one in self.pods if not one.deleted)
            if spare <= 0 or (self._available(pod) and available <= least):
                break
            self._delete(pod)
            spare -= 1

    def _step_recreate(self) -> None:
        old = [pod for pod in self.pods if pod.revision != self._revision]
        for pod in old:
            if not pod.deleted:
                self._delete(pod)
        if not old:
            for _ in range(self.subject.replicas - len(self.pods)):
                self._create(self._made)

    def _step_ordered(self) -> None:
        """From the last ordinal to the first; the next one only when all others are available."""
        every_at_once = self.subject.kind == "DaemonSet" and self._revision == 0
        for ordinal in range(self.subject.replicas):
            pod = next((one for one in self.pods if one.ordinal == ordinal), None)
            if pod is None:
                self._create(ordinal)
                if not every_at_once:
                    return
            elif not every_at_once and not self._available(pod) and not self._outdated(pod):
                return
        for pod in sorted(self.pods, key=lambda one: -one.ordinal):
            if not self._available(pod) and not self._outdated(pod):
                return
            if self._outdated(pod):
                if not pod.deleted:
                    self._delete(pod)
                return

    def _outdated(self, pod: Owned) -> bool:
        return pod.revision != self._revision

    def _available(self, pod: Owned) -> bool:
        if pod.ready_since is None or pod.deleted or pod.finished:
            return False
        return self._world.now - pod.ready_since >= self.subject.min_ready_seconds

    def _create(self, ordinal: int) -> None:
        self._made += 1
        name = self.subject.pod.metadata.name
        if self.subject.kind != "Pod":
            name = f"{name}-{ordinal}"
        pod = Owned(name, ordinal, self._revision, None)
        self.pods.append(pod)
        pod.run = self._world.create(name)

    def _delete(self, pod: Owned) -> None:
        pod.deleted = True
        if pod.run is None:
            pod.finished = True
            self._later(_LAG_SECONDS)
        else:
            self._world.delete(pod.run)
            self._later(_LAG_SECONDS)

    def _close_rollout(self) -> None:
        if not self.rollouts or self.rollouts[-1][1] is not None:
            return
        current = [pod for pod in self.pods if not pod.deleted]
        done = len(current) == self.subject.replicas and all(
            self._available(pod) and not self._outdated(pod) for pod in current
        )
        if done:
            self.rollouts[-1] = (self.rollouts[-1][0], self._world.now)
