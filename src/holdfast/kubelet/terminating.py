"""The end of a pod: deletion, eviction, or all work done (kubelet.md 5.2, 5.3, 6.4).

Rules: nothing is restarted from here on; liveness and startup workers of app containers stop at
once, everything else is probed to the end; all containers are stopped side by side, then the
sandbox. The worker is in one call meanwhile, so ends of single containers are not published.
"""

from holdfast.kubelet import wording
from holdfast.kubelet.constants import (
    EXCEEDED_FACTOR,
    EXCEEDED_LEAST_SECONDS,
    LEAST_GRACE_SECONDS,
)
from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.containers import any_left, begin_stop, grace_of, shorten_stops
from holdfast.kubelet.inputs import ProbeKind
from holdfast.kubelet.outputs import PodFinished, StopSandbox
from holdfast.kubelet.pod_state import (
    COLLECT,
    DEADLINE,
    EXCEEDED,
    RELIST,
    REQUEUE,
    SYNC,
    PodState,
)
from holdfast.kubelet.pod_work import WORK, WorkInput
from holdfast.kubelet.probing import stop_worker
from holdfast.kubelet.publishing import publish_event, publish_status, views_of
from holdfast.kubelet.scheduling import request_sync, see_everything
from holdfast.model.container import ContainerKind

# Reasons that have an event of their own, before the containers are stopped (kubelet.md 10).
_TOLD = {"Evicted": "Warning", "Preempting": "Warning", "DeadlineExceeded": "Normal"}
# Whoever waits for the end of the pod: pkg/kubelet/pod_workers.go killPodNow.
_AWAITED = ("Evicted", "Preempting", "Terminated")


def end(
    state: PodState,
    reason: str,
    message: str,
    grace_seconds: float,
    now: float,
    *,
    disrupted: bool,
) -> None:
    """The kubelet ends the pod for a reason that the status will tell."""
    if state.finished or state.end_reason:
        return
    state.end_reason, state.end_message, state.disrupted = reason, message, disrupted
    grace = max(LEAST_GRACE_SECONDS, grace_seconds)
    state.grace_override = grace
    if reason in _TOLD:
        publish_event(state, reason, _TOLD[reason], message, now)
    if reason in _AWAITED:
        state.timers[EXCEEDED] = now + max(EXCEEDED_LEAST_SECONDS, EXCEEDED_FACTOR * grace)
    if state.terminating:
        shorten_stops(state, grace, now)
    else:
        request_sync(state, now)


def begin_termination(state: PodState, now: float) -> None:
    """Stop every container that runs; with none left, take the sandbox down."""
    if state.terminating:
        return
    state.work = WORK[state.work, WorkInput.END_WANTED]
    for timer in (SYNC, REQUEUE, COLLECT, DEADLINE, RELIST):
        state.timers.pop(timer, None)
    for record in state.record_list():
        if record.kind is ContainerKind.APP:
            for kind in (ProbeKind.LIVENESS, ProbeKind.STARTUP):
                stop_worker(state, record.name, kind)
    for record in state.record_list():
        if record.alive and record.name not in state.stops:
            stop(state, record, now)
    stop_sandbox_if_ended(state, now)


def stop(state: PodState, record: ContainerRecord, now: float) -> None:
    """Stop one container of an ending pod."""
    message = wording.stopping(record.name)
    publish_event(state, "Killing", "Normal", message, now, record.name)
    begin_stop(state, record, grace_of(state, record, None), now)


def stop_sandbox_if_ended(state: PodState, now: float) -> None:
    """All containers of an ending pod have ended: the sandbox is next."""
    if any_left(state):
        return
    if state.has_sandbox:
        state.outputs.append(StopSandbox())
    else:
        finish(state, now)


def finish(state: PodState, now: float) -> None:
    """Nothing of the pod runs any more: the last status, read from the runtime itself."""
    state.has_sandbox = False
    state.work = WORK[state.work, WorkInput.ALL_GONE]
    see_everything(state, now)
    for container, kind in list(state.workers):
        stop_worker(state, container, kind)
    state.workers.clear()
    state.timers.clear()
    state.shown = views_of(state)
    publish_status(state)
    state.outputs.append(PodFinished())
