"""Publishing the status and events, and what probe workers see of them (kubelet.md 0.4, 1.4, 1.9).

Rules: a sync shows everything that is seen; between syncs a probe's verdict changes `started` and
`ready` only, at once. What does not change is not published again.
"""

import msgspec

from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.inputs import ProbeKind
from holdfast.kubelet.outputs import PublishEvent, PublishStatus
from holdfast.kubelet.pod_state import PodState
from holdfast.kubelet.pod_status import TERMINAL, ContainerView, Facts, phase_of
from holdfast.kubelet.probe_worker import Value
from holdfast.kubelet.restart_policy import restarts_after
from holdfast.model.container import ContainerKind


def views_of(state: PodState) -> dict[str, ContainerView]:
    """What is seen of each container, as each sync builds it."""
    policy = state.pod.spec.policy
    return {name: _view(state, record, policy) for name, record in state.records.items()}


def show_verdict(state: PodState, container: str) -> None:
    """A verdict reaches the status manager, which knows the container's life by its ID."""
    view = state.shown.get(container)
    life = state.records[container].current
    if view is None or not view.running or life is None or life.number != view.number:
        return
    started, ready = is_started(state, container), is_ready(state, container)
    state.shown[container] = msgspec.structs.replace(view, started=started, ready=ready)


def publish_status(state: PodState) -> None:
    """Send what is shown when it differs from what was sent last."""
    key = (tuple(state.shown.values()), _facts(state))
    if key != state.published:
        state.published = key
        state.phase = phase_of(*key)
        state.outputs.append(PublishStatus(*key))


def is_terminal(state: PodState) -> bool:
    """Whether the phase that was published is the pod's last."""
    return state.phase in TERMINAL


def publish_event(
    state: PodState, reason: str, type_: str, message: str, now: float, container: str = ""
) -> None:
    """An event about the pod, unless the recorder holds it back."""
    sent = state.recorder.record(reason, type_, message, now)
    if sent is not None:
        text, count = sent
        state.outputs.append(PublishEvent(reason, type_, text, container, count))


def is_started(state: PodState, container: str) -> bool:
    """Whether a running container counts as started: its startup probe has succeeded, or none."""
    record = state.records[container]
    life = record.current
    if life is None or not life.seen_running:
        return False
    if record.spec.startup_probe is None or record.gate_inherited:
        return True
    worker = state.worker(container, ProbeKind.STARTUP)
    # A stopped startup worker is gone, and its container counts as started (kubelet.md 1.10); so
    # does every container in the first status of a kubelet, which has no workers yet (1.11).
    if worker is None:
        return True
    if worker.number == life.number and worker.value is not Value.UNKNOWN:
        return worker.value is Value.SUCCESS
    return record.kept is not None and record.kept[0]


def is_ready(state: PodState, container: str) -> bool:
    """Whether a running container is ready (kubelet.md 9.2)."""
    record = state.records[container]
    life = record.current
    if life is None or not is_started(state, container):
        return False
    if record.spec.readiness_probe is None:
        return True
    worker = state.worker(container, ProbeKind.READINESS)
    if record.kept is not None and (worker is None or worker.last is None):
        return record.kept[1]
    return worker is not None and worker.number == life.number and worker.value is Value.SUCCESS


def _view(state: PodState, record: ContainerRecord, policy: str) -> ContainerView:
    life = record.current
    ended = life if life is not None and life.end_seen else None
    running = life is not None and ended is None
    older = record.removed
    for candidate in record.lives:
        if candidate.end_seen and candidate is not life:
            older = candidate
    return ContainerView(
        record.name,
        record.kind,
        life.number if life is not None else None,
        running,
        (life.started_at or 0.0) if life is not None else 0.0,
        ended,
        older,
        ended is None or restarts_after(record, ended, policy),
        "" if running else record.waiting_reason,
        "" if running else record.waiting_message,
        running and is_started(state, record.name),
        running and record.kind is not ContainerKind.INIT and is_ready(state, record.name),
    )


def _facts(state: PodState) -> Facts:
    return Facts(
        state.terminating,
        state.has_sandbox,
        state.restarting_all,
        state.finished,
        state.end_reason if state.finished else "",
        state.end_message if state.finished else "",
        state.disrupted and state.finished,
        state.behaviour.ready_to_start_condition,
    )
