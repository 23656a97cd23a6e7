"""What happens to a pod that is there already: its spec is edited, or its kubelet restarts.

Source: kubelet.md 1.11, 3.2, 7.6, Q26.
"""

import msgspec

from holdfast.kubelet.back_off_key import back_off_key
from holdfast.kubelet.behaviour import BackOffKey
from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.pod_state import DEADLINE, SYNC, PodState, known_spec
from holdfast.kubelet.pod_work import WORK, WorkInput
from holdfast.kubelet.publishing import is_ready, is_started
from holdfast.model.container import Container, ContainerKind
from holdfast.model.pod import Pod

# prober_manager.go: containers younger than this at a kubelet restart are probed anew (1.11)
_KEPT_AGE_SECONDS = 10.0


def replace_spec(state: PodState, pod: Pod) -> None:
    """Images and resources can be edited while the pod lives; everything else stays as it is."""
    state.pod = pod
    for member in pod.members():
        record = state.records.get(member.name)
        if record is None or member.spec is None:
            continue
        old, new = record.spec, known_spec(member.spec, record.kind, state.behaviour)
        allowed = state.behaviour.in_place_resize and (
            record.kind is ContainerKind.APP or state.behaviour.resizes_init_containers
        )
        resized = allowed and old.resources != new.resources
        if not allowed:
            new = msgspec.structs.replace(new, resources=old.resources)
        record.definition_changed = record.definition_changed or old.image != new.image
        if resized and new.restarts_on_resize(old):
            record.resize_restarts = True
        # Probes are read once, when their workers are made (kubelet.md 1.2).
        record.spec = msgspec.structs.replace(
            new,
            liveness_probe=old.liveness_probe,
            readiness_probe=old.readiness_probe,
            startup_probe=old.startup_probe,
        )
        _renew_back_off(state, record, new, resized=resized)


def start_anew(state: PodState, now: float) -> None:
    """A kubelet starts: it knows what the runtime and the API server tell, and nothing else."""
    state.kubelet_started_at = now
    state.back_off.entries.clear()
    state.image_back_off.entries.clear()
    state.pull_errors.clear()
    state.recorder.forget()
    for member in state.pod.members():
        record = state.records.get(member.name)
        if record is None or member.spec is None:
            continue
        record.kept = _kept(state, record, now)
        record.spec = known_spec(member.spec, record.kind, state.behaviour)
        record.waiting_reason = record.waiting_message = ""
        record.pre_stop_runs = record.gate_inherited = False
    # An eviction that has not come to its end is forgotten as well; a delete stands in the API.
    state.grace_override = None
    state.end_reason = state.end_message = ""
    state.disrupted = False
    state.timers.clear()
    if state.deadline is not None:
        state.timers[DEADLINE] = max(now, state.deadline)
    state.workers.clear()
    state.stops.clear()
    state.plan = []
    state.waits_for = None
    state.has_workers = state.syncing = state.sync_pending = False
    state.work = WORK[state.work, WorkInput.KUBELET_RESTARTED]
    state.fresh_at = now
    state.timers[SYNC] = now


def _renew_back_off(
    state: PodState, record: ContainerRecord, new: Container, *, resized: bool
) -> None:
    if resized and state.behaviour.back_off_key is BackOffKey.CONTAINER_RESET_BY_RESIZE:
        state.back_off.entries.pop(record.back_off_key, None)
    record.back_off_key = back_off_key(state.pod, new, state.behaviour)


def _kept(state: PodState, record: ContainerRecord, now: float) -> tuple[bool, bool] | None:
    life = record.current
    if not state.behaviour.keeps_probe_state or life is None or not life.seen_running:
        return None
    if life.started_at is None or now - life.started_at <= _KEPT_AGE_SECONDS:
        return None
    started = is_started(state, record.name)
    # kubelet.md 13.3: the first status of the new kubelet is built without workers.
    return started or state.behaviour.start_up_gate_opens, is_ready(state, record.name)
