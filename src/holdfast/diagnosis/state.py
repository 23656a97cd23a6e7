"""What is going on with a pod or container, told from its status alone, before any cause.

Rules: only RESTARTS and CANNOT_START are restart troubles; everything else is named as what it is
(causes.md 2.4). The current state decides nothing about the past: a container that runs again after
a restart is still a restarted one (causes.md 2.2 rule 2).
"""

from holdfast.diagnosis.evidence.case import Case
from holdfast.model.container import ContainerKind, ContainerStatus, StateTerminated
from holdfast.model.finding import State
from holdfast.model.pod import Pod

# kubelet.md 3.9: start failures; all but the last leave no ended process behind.
_START_FAILURES = frozenset(
    {
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImagePull",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
        "PreCreateHookError",
        "PreStartHookError",
        "RunContainerError",
    }
)
# containerd and dockershim, causes.md 5.1.
_NEVER_STARTED = frozenset({"StartError", "ContainerCannotRun"})
_LOST = "ContainerStatusUnknown"


def pod_state(pod: Pod) -> State | None:
    """The state of a pod whose containers need no look of their own, or None."""
    status = pod.status
    if status.phase == "Failed" and status.reason in ("Evicted", "Terminated", "Preempting"):
        return State.EVICTED
    if pod.metadata.deletion_timestamp and _all_ended(pod):
        return State.STOPPED
    if status.phase == "Succeeded":
        return State.COMPLETED
    if status.phase == "Failed":
        return State.FAILED
    if not status.phase:
        return State.UNKNOWN
    if status.phase == "Pending" and not _any_status(pod):
        return State.PENDING
    return None


def container_state(case: Case) -> State:
    """The state of one container of a pod that is not settled as a whole."""
    status = case.status
    if status is None:
        return State.PENDING if case.pod.status.phase == "Pending" else State.UNKNOWN
    if status.state.waiting is not None and status.state.waiting.reason in _START_FAILURES:
        return State.CANNOT_START
    last = case.life
    if last is not None and last.reason in _NEVER_STARTED and status.state.running is None:
        return State.CANNOT_START
    if status.restart_count > 0 or status.last_state.terminated is not None:
        return State.RESTARTS
    if status.state.terminated is not None:
        return _ended(case, status.state.terminated)
    if status.state.running is not None:
        return _running(case, status)
    return State.PENDING


def _ended(case: Case, end: StateTerminated) -> State:
    """A first end: restarted soon, or for good (kubelet.md 3.1)."""
    own = case.spec.restart_policy if case.spec else None
    policy = own or case.pod.spec.policy
    if case.kind is ContainerKind.INIT and end.exit_code == 0 and end.reason != "OOMKilled":
        return State.COMPLETED
    if case.kind is ContainerKind.EPHEMERAL:
        return State.COMPLETED
    if case.pod.metadata.deletion_timestamp:
        return State.STOPPED
    if policy == "Always":
        return State.RESTARTS
    if end.exit_code == 0:
        return State.COMPLETED
    if case.spec is not None and case.spec.restart_policy_rules:
        return State.RESTARTS
    return State.RESTARTS if policy == "OnFailure" else State.FAILED


def _running(case: Case, status: ContainerStatus) -> State:
    if case.kind is ContainerKind.INIT or status.ready:
        return State.HEALTHY
    return State.NOT_READY


def _any_status(pod: Pod) -> bool:
    return bool(pod.status.container_statuses or pod.status.init_container_statuses)


def _all_ended(pod: Pod) -> bool:
    return all(s.state.running is None for s in pod.status.container_statuses or ())
