"""What all processes of a simulation share: dependencies, and traits of the node they run on."""

from collections.abc import Callable, Mapping
from math import inf

import msgspec

from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.model.container import Container
from holdfast.simulation.spell import any_holds
from holdfast.simulation.workload import Dependency


class Surroundings(msgspec.Struct):
    """The world around the pods. Times are those of the world."""

    dependencies: Mapping[str, Dependency] = msgspec.field(default_factory=dict)
    behaviour: Behaviour = msgspec.field(default_factory=lambda: behaviour_of(NEWEST))
    """What the version of the kubelet does."""
    cgroup_v1: bool = False
    """Whether the node runs cgroup v1, where an out-of-memory kill ends one process only."""
    cores: float = inf
    """The cores of the node."""
    pod_ip: str = "10.244.0.10"
    """What messages call the pod."""
    horizon: float = 30 * 86400.0
    """Dependencies are not looked up beyond this time."""
    grant: Callable[[Container], float] | None = None
    """The cores that a new process of a container gets beside all others; all by default."""
    shared_cpu: bool = False
    """Other pods may take CPU time away at any moment: nothing stays as it is for sure."""

    @property
    def oom_group(self) -> bool:
        """Whether an out-of-memory kill ends every process of a container (kubelet.md 6.1)."""
        return self.behaviour.memory_oom_group and not self.cgroup_v1

    def is_down(self, name: str, now: float) -> bool:
        """Whether a dependency, or one that it needs, is down."""
        dependency = self.dependencies.get(name)
        if dependency is None:
            return False
        if any_holds(dependency.outages, now):
            return True
        return any(self.is_down(other, now) for other in dependency.needs)

    def change_after(self, name: str, now: float) -> float:
        """A time before which a dependency neither goes down nor comes back."""
        dependency = self.dependencies.get(name)
        if dependency is None:
            return inf
        own = (outage.next_change(now) for outage in dependency.outages)
        others = (self.change_after(other, now) for other in dependency.needs)
        return min((*own, *others), default=inf)

    def next_state(self, name: str, now: float, *, down: bool) -> float:
        """The first time, `now` or later, at which a dependency is down (or is not)."""
        while self.is_down(name, now) is not down:
            now = self.change_after(name, now)
            if now > self.horizon:
                return inf
        return now
