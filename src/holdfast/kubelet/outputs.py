"""What the machine wants done: drained by the driver after each input, in this order."""

from functools import cached_property

import msgspec

from holdfast.kubelet.inputs import HookKind, ProbeKind
from holdfast.kubelet.pod_status import (
    ContainerView,
    Facts,
    build_status,
    is_ready,
    restart_count,
)
from holdfast.model.pod import PodStatus


class CreateSandbox(msgspec.Struct, frozen=True):
    """Make the pod's sandbox and network; answer `sandbox_created` or `sandbox_failed`."""


class StopSandbox(msgspec.Struct, frozen=True):
    """Take the sandbox down, all containers have ended; answer `sandbox_stopped`."""


class StartContainer(msgspec.Struct, frozen=True):
    """Pull if needed, create and start; answer `container_started` or `start_failed`."""

    container: str
    restart_count: int


class RunProbe(msgspec.Struct, frozen=True):
    """Ask; answer `probe_finished`. `attempt` counts from 1 (errors are tried three times)."""

    container: str
    kind: ProbeKind
    attempt: int


class RunHook(msgspec.Struct, frozen=True):
    """Run a lifecycle hook; answer `hook_finished`."""

    container: str
    kind: HookKind


class SendSignal(msgspec.Struct, frozen=True):
    """Send "TERM" or "KILL" to PID 1 of a container; its end is told by `container_exited`."""

    container: str
    signal: str


class RemoveContainers(msgspec.Struct, frozen=True):
    """RestartAllContainers: the runtime forgets these containers (kubelet.md 3.7)."""

    containers: tuple[str, ...]


class PublishStatus(msgspec.Struct, frozen=True, dict=True):
    """The pod's status as the API server gets it, written out when somebody reads it."""

    views: tuple[ContainerView, ...]
    facts: Facts

    @cached_property
    def status(self) -> PodStatus:
        """The status."""
        return build_status(self.views, self.facts)

    @cached_property
    def is_ready(self) -> bool:
        """Whether the condition Ready is True in it."""
        return is_ready(self.views, self.facts)

    @property
    def restarts(self) -> int:
        """The sum of all restartCounts in it."""
        return sum(restart_count(view) for view in self.views)


class PublishEvent(msgspec.Struct, frozen=True):
    """An event about the pod as the API server gets it: `count` is how often it has happened.

    `container` is "" for the whole pod.
    """

    reason: str
    type: str
    message: str
    container: str = ""
    count: int = 1


class PodFinished(msgspec.Struct, frozen=True):
    """Nothing of the pod runs any more and nothing will: a deleted pod's object can go."""


Output = (
    CreateSandbox
    | StopSandbox
    | StartContainer
    | RunProbe
    | RunHook
    | SendSignal
    | RemoveContainers
    | PublishStatus
    | PublishEvent
    | PodFinished
)
