"""Bursts: many containers that end within one minute usually have one cause (causes.md 6.5)."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from holdfast.model.instant import Instant
from holdfast.model.pod import Pod

# causes.md 6.5: six or more ends within 60 s.
_MEMBERS = 6
_SECONDS = 60.0


class Ending(msgspec.Struct, frozen=True):
    """The last end of one container."""

    pod: Pod
    container: str
    finished: Instant
    reason: str
    exit_code: int


class Burst(msgspec.Struct, frozen=True):
    """Ends that belong together, oldest first."""

    members: tuple[Ending, ...]

    @property
    def started(self) -> Instant:
        """When the first member ended."""
        return self.members[0].finished

    @property
    def ended(self) -> Instant:
        """When the last member ended."""
        return self.members[-1].finished

    @property
    def nodes(self) -> frozenset[str]:
        """Nodes of the members."""
        return frozenset(member.pod.spec.node_name for member in self.members)

    @property
    def namespaces(self) -> frozenset[str]:
        """Namespaces of the members."""
        return frozenset(member.pod.key.namespace for member in self.members)

    @property
    def owners(self) -> frozenset[str]:
        """Uids (or names) of the members' controllers; a pod without one counts by itself."""
        return frozenset(_owner(member.pod) for member in self.members)

    @property
    def reasons(self) -> Counter[str]:
        """How often each termination reason occurs."""
        return Counter(member.reason for member in self.members)


def find_bursts(pods: Iterable[Pod]) -> tuple[Burst, ...]:
    """Group the last end of every restarted container by time.

    A burst grows while the next end follows within the window of its first member, so that a
    steady trickle of ends over hours does not become one burst.
    """
    bursts: list[Burst] = []
    current: list[Ending] = []
    for ending in sorted(_endings(pods), key=lambda e: (e.finished, e.pod.key, e.container)):
        if current and ending.finished - current[0].finished > _SECONDS:
            _close(current, bursts)
            current = []
        current.append(ending)
    _close(current, bursts)
    return tuple(bursts)


def _close(current: list[Ending], bursts: list[Burst]) -> None:
    # Containers that loop on their own end at any time; only one end of each pod's container is
    # known, so a burst of loops is chance. A burst needs more than one pod.
    if len(current) >= _MEMBERS and len({ending.pod.key for ending in current}) > 1:
        bursts.append(Burst(tuple(current)))


def _endings(pods: Iterable[Pod]) -> Iterable[Ending]:
    for pod in pods:
        for member in pod.members():
            if member.status is None or not member.status.restart_count:
                continue
            end = member.status.last_state.terminated
            if end is not None and end.finished is not None:
                yield Ending(pod, member.name, end.finished, end.reason, end.exit_code)


def _owner(pod: Pod) -> str:
    owner = pod.metadata.controller
    return (owner.uid or owner.name) if owner else f"{pod.key.namespace}/{pod.key.name}"
