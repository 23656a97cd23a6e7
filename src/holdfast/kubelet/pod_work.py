"""What the kubelet's worker of a pod is at, and what its sync waits for: two tables.

docs/kubelet-machine.md is drawn from them. Source: pkg/kubelet/pod_workers.go (SyncPod,
SyncTerminatingPod, SyncTerminatedPod), kubelet.md 0.4, 4.3, 5.2.
"""

from enum import StrEnum


class Work(StrEnum):
    """How far a pod has come."""

    SYNCING = "syncing"
    TERMINATING = "terminating"
    TERMINATED = "terminated"


class WorkInput(StrEnum):
    """What moves a pod on."""

    END_WANTED = "deleted, ended by the kubelet, or all work done"
    ALL_GONE = "containers ended, sandbox gone"
    KUBELET_RESTARTED = "kubelet restarted"


WORK: dict[tuple[Work, WorkInput], Work] = {
    (Work.SYNCING, WorkInput.END_WANTED): Work.TERMINATING,
    (Work.SYNCING, WorkInput.KUBELET_RESTARTED): Work.SYNCING,
    (Work.TERMINATING, WorkInput.ALL_GONE): Work.TERMINATED,
    (Work.TERMINATING, WorkInput.KUBELET_RESTARTED): Work.SYNCING,
}
"""Nothing leads back to life; a new kubelet finds out anew that a pod is to end."""


class Wait(StrEnum):
    """What a step of a sync waits for."""

    SANDBOX = "sandbox"
    START = "start"
    POST_START = "postStart hook"
    EXIT = "end of a container"


class SyncInput(StrEnum):
    """What answers such a wait."""

    SANDBOX_CREATED = "sandbox created"
    SANDBOX_FAILED = "sandbox failed: the rest of the sync is dropped"
    STARTED = "started, no hook"
    STARTED_WITH_HOOK = "started, has a hook"
    START_FAILED = "start failed"
    HOOK_SUCCEEDED = "hook succeeded"
    HOOK_FAILED = "hook failed: the container is killed"
    HOOK_FAILED_LATE = "hook failed, container gone"
    EXITED = "exited"


STEPS: dict[tuple[Wait, SyncInput], Wait | None] = {
    (Wait.SANDBOX, SyncInput.SANDBOX_CREATED): None,
    (Wait.SANDBOX, SyncInput.SANDBOX_FAILED): None,
    (Wait.START, SyncInput.STARTED): None,
    (Wait.START, SyncInput.STARTED_WITH_HOOK): Wait.POST_START,
    (Wait.START, SyncInput.START_FAILED): None,
    (Wait.POST_START, SyncInput.HOOK_SUCCEEDED): None,
    (Wait.POST_START, SyncInput.HOOK_FAILED): Wait.EXIT,
    (Wait.POST_START, SyncInput.HOOK_FAILED_LATE): None,
    (Wait.EXIT, SyncInput.EXITED): None,
}
"""None is the next step of the plan. What is not in the table is no answer."""
