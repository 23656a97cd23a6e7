"""Ended lives of a container: one run from start to end.

Rules: times of the API are whole seconds, so an uptime is exact to one second (kubelet.md 0.3).
A life without a real start has no uptime (StartError writes 1970, kubelet.md Q39); a life that ends
before it starts (clock set back) has none either.
"""

import msgspec

from holdfast.model.container import ContainerKind, StateTerminated
from holdfast.model.instant import Instant
from holdfast.model.pod import Member, Pod
from holdfast.model.span import Origin

_STATUS_LIST = {
    ContainerKind.APP: "containerStatuses",
    ContainerKind.INIT: "initContainerStatuses",
    ContainerKind.SIDECAR: "initContainerStatuses",
    ContainerKind.EPHEMERAL: "ephemeralContainerStatuses",
}
# causes.md 5.1: containerd, and dockershim on old clusters.
NEVER_STARTED = frozenset({"StartError", "ContainerCannotRun"})


class Life(msgspec.Struct, frozen=True):
    """How one run of a container ended. `message` is the termination message, often a log tail."""

    container: str
    exit_code: int
    reason: str
    message: str
    signal: int | None
    started: Instant | None
    finished: Instant | None
    origin: Origin

    @property
    def uptime_seconds(self) -> float | None:
        """Seconds from start to end, None where either is unknown or the clock ran backwards."""
        if self.started is None or self.finished is None or self.finished < self.started:
            return None
        return self.finished - self.started

    @property
    def killed(self) -> bool:
        """Whether the process ended by SIGKILL (128 + 9)."""
        return self.exit_code == 137

    @property
    def started_at_all(self) -> bool:
        """Whether a program ran: not where the runtime itself failed to start one."""
        return self.reason not in NEVER_STARTED


def lives_of(pod: Pod, member: Member, source: str) -> tuple[Life, ...]:
    """The ended lives that the status still holds, oldest first: at most two."""
    status = member.status
    if status is None:
        return ()
    found = []
    for field, state in (("lastState", status.last_state), ("state", status.state)):
        if state.terminated is not None:
            found.append(_life(pod, member, state.terminated, source, field))
    return tuple(found)


def _life(pod: Pod, member: Member, end: StateTerminated, source: str, field: str) -> Life:
    place = f"status.{_STATUS_LIST[member.kind]}[{member.name}].{field}.terminated"
    return Life(
        container=member.name,
        exit_code=end.exit_code,
        reason=end.reason,
        message=end.message,
        signal=end.signal,
        started=end.started,
        finished=end.finished,
        origin=Origin(source, f"pod/{pod.key.namespace}/{pod.key.name}", place),
    )
