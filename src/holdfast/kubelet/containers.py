"""Ending lives of containers: the grace, the hook, the turn, the signals.

Source: kubelet.md 2.2, 2.3, 4.3, 5.3.
"""

from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.inputs import HookKind
from holdfast.kubelet.outputs import RunHook, SendSignal
from holdfast.kubelet.pod_actions import Because
from holdfast.kubelet.pod_state import PodState, Timer
from holdfast.kubelet.stopping import TRANSITIONS, Stop, StopInput, StopPhase
from holdfast.model.container import ContainerKind


def any_left(state: PodState) -> bool:
    """Whether any process of the pod really runs, or is being started."""
    return any(record.alive or record.starting for record in state.records.values())


def stop_timer(container: str) -> Timer:
    """The name of a stop's deadline among the timers."""
    return ("stop", container)


def grace_of(state: PodState, record: ContainerRecord, because: Because | None) -> float:
    """The grace of a stop (kubelet.md 2.2)."""
    asked = [g for g in (state.grace_override, state.deletion_grace) if g is not None]
    if asked:
        return min(asked)
    probe = None
    if because is Because.LIVENESS:
        probe = record.spec.liveness_probe
    elif because is Because.STARTUP:
        probe = record.spec.startup_probe
    if probe is not None and probe.termination_grace_period_seconds is not None:
        return probe.termination_grace_period_seconds
    return state.pod.spec.grace_seconds


def begin_stop(state: PodState, record: ContainerRecord, grace: float, now: float) -> None:
    """The preStop hook if there is one and time for it, then the rest of the stop."""
    stop = Stop(record.name, grace, now)
    state.stops[record.name] = stop
    lifecycle = record.spec.lifecycle
    if lifecycle is not None and lifecycle.pre_stop is not None and grace > 0:
        stop.enter(StopPhase.HOOK, now)
        record.pre_stop_runs = True
        state.outputs.append(RunHook(record.name, HookKind.PRE_STOP))
        state.timers[stop_timer(record.name)] = stop.deadline
    else:
        move(state, record.name, StopInput.HOOK_FINISHED, now)


def move(state: PodState, container: str, what: StopInput, now: float) -> None:
    """Something happened to a container that may be stopping: go on as the table says."""
    stop = state.stops.get(container)
    phase = TRANSITIONS.get((stop.phase, what)) if stop is not None else None
    if stop is None or phase is None:
        return
    if phase is StopPhase.ENDED:
        del state.stops[container]
        state.timers.pop(stop_timer(container), None)
        return
    stop.enter(phase, now)
    if phase is StopPhase.TURN and not _awaits_turn(state, container):
        move(state, container, StopInput.TURN_COME, now)
    elif phase is StopPhase.KILL:
        state.timers.pop(stop_timer(container), None)
        state.outputs.append(SendSignal(container, "KILL"))
    else:
        state.timers[stop_timer(container)] = stop.deadline
        if phase is StopPhase.TERM:
            state.outputs.append(SendSignal(container, "TERM"))


def give_turns(state: PodState, now: float) -> None:
    """Somebody has ended: sidecars that waited for it may go."""
    for container, stop in list(state.stops.items()):
        if stop.phase is StopPhase.TURN and not _awaits_turn(state, container):
            move(state, container, StopInput.TURN_COME, now)


def shorten_stops(state: PodState, grace: float, now: float) -> None:
    """A later delete with less grace reaches the stops in progress."""
    for container, stop in state.stops.items():
        if stop.phase is not StopPhase.KILL:
            stop.shorten(grace, now)
            state.timers[stop_timer(container)] = stop.deadline


def _awaits_turn(state: PodState, container: str) -> bool:
    """A sidecar of an ending pod goes after the app containers and the later sidecars (5.3)."""
    if not state.terminating or not state.behaviour.sidecar_order:
        return False
    records = state.record_list()
    own = state.records[container]
    if own.kind is not ContainerKind.SIDECAR:
        return False
    later = records[records.index(own) + 1 :]
    return any(record.alive for record in later if record.kind is not ContainerKind.INIT)
