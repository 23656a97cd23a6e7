"""Where a rehearsed pod stands now: what a person watches, as plain values.

Rules: everything is read from the machine and the last measurements; nothing is decided here.
"""

from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.pod_state import PodState
from holdfast.kubelet.probe_worker import ProbeWorker, Value
from holdfast.kubelet.starting import CRASH_LOOP
from holdfast.kubelet.stopping import StopPhase
from holdfast.model.quantity import read_quantity
from holdfast.rehearsal.cgroups.group import Usage

_TIMERS = {
    "sync": "sync",
    "requeue": "the next sync",
    "relist": "relist",
    "collect": "the back-off is forgotten",
    "deadline": "activeDeadlineSeconds is over",
}
_ANSWERS: dict[Value | None, str] = {Value.SUCCESS: "success", Value.FAILURE: "failure"}
_SIGNALS = {
    StopPhase.HOOK: "the preStop hook's time is over",
    StopPhase.TURN: "its turn to stop",
    StopPhase.TERM: "SIGKILL",
}


class ProbeRow(NamedTuple):
    """One probe: its last answer, how far it is to a verdict, and when it is asked next."""

    kind: str
    answer: str
    run: int
    needed: int
    next_seconds: float | None
    """None while it is being asked, or held until the container is another."""


class ContainerRow(NamedTuple):
    """One container."""

    name: str
    state: str
    restarts: int
    memory_bytes: int
    limit_bytes: int | None
    cores: float
    throttled_share: float
    back_off_seconds: float
    """How long until it may be started again; 0 where nothing keeps it."""
    probes: tuple[ProbeRow, ...]


class Board(NamedTuple):
    """The pod."""

    phase: str
    containers: tuple[ContainerRow, ...]
    next_what: str
    next_seconds: float | None


class Load(NamedTuple):
    """What a container used between two looks."""

    usage: Usage
    cores: float = 0.0
    throttled_share: float = 0.0


def load_between(before: Usage, after: Usage, seconds: float) -> Load:
    """Cores and the share of throttled periods in this time."""
    periods = after.periods - before.periods
    throttled = after.throttled_periods - before.throttled_periods
    cores = max(0.0, after.cpu_seconds - before.cpu_seconds) / seconds if seconds > 0 else 0.0
    return Load(after, cores, throttled / periods if periods > 0 else 0.0)


def board_of(state: PodState, loads: Mapping[str, Load], now: float) -> Board:
    """Everything at this moment."""
    what, due = _next(state, now)
    return Board(
        state.phase or "Pending",
        tuple(_container(state, record, loads, now) for record in state.record_list()),
        what,
        None if due == inf else due,
    )


def _container(
    state: PodState, record: ContainerRecord, loads: Mapping[str, Load], now: float
) -> ContainerRow:
    load = loads.get(record.name) if record.alive else None
    limit = read_quantity(record.spec.limit("memory"))
    workers = [worker for key, worker in state.workers.items() if key[0] == record.name]
    return ContainerRow(
        name=record.name,
        state=_state(state, record),
        restarts=max(0, record.restart_count - 1),
        memory_bytes=load.usage.memory_bytes if load is not None else 0,
        limit_bytes=limit.bytes if limit is not None else None,
        cores=load.cores if load is not None else 0.0,
        throttled_share=load.throttled_share if load is not None else 0.0,
        back_off_seconds=_back_off(state, record, now),
        probes=tuple(_probe(worker, now) for worker in workers),
    )


def _state(state: PodState, record: ContainerRecord) -> str:
    stop = state.stops.get(record.name)
    if stop is not None:
        return f"stopping: {stop.phase.value}"
    view = state.shown.get(record.name)
    if record.alive:
        if view is None or not view.running:
            return "running, not seen yet"
        return "ready" if view.ready else "running, not ready" if view.started else "starting"
    life = record.newest
    if record.waiting_reason:
        return record.waiting_reason
    if life is not None:
        return f"ended {life.exit_code} {life.reason}"
    return "waiting"


def _back_off(state: PodState, record: ContainerRecord, now: float) -> float:
    life = record.last_exited
    if record.alive or record.waiting_reason != CRASH_LOOP or life is None:
        return 0.0
    finished = life.finished_at or now
    return state.back_off.remaining(record.back_off_key, finished, now)


def _probe(worker: ProbeWorker, now: float) -> ProbeRow:
    failing = worker.last is Value.FAILURE
    needed = worker.probe.failures if failing else worker.probe.successes
    idle = worker.busy or worker.on_hold
    return ProbeRow(
        worker.kind.value,
        _ANSWERS.get(worker.last, "not asked yet"),
        min(worker.run, needed),
        needed,
        None if idle else max(0.0, worker.next_tick - now),
    )


def _next(state: PodState, now: float) -> tuple[str, float]:
    """The deadline that comes first, and in how many seconds."""
    if not state.timers:
        return "", inf
    timer = min(state.timers, key=lambda name: state.timers[name])
    seconds = max(0.0, state.timers[timer] - now)
    if timer[0] == "probe":
        return f"{timer[2]} probe of {timer[1]}", seconds
    if timer[0] == "stop":
        stop = state.stops.get(timer[1])
        what = _SIGNALS.get(stop.phase, "") if stop is not None else ""
        return f"{timer[1]}: {what}", seconds
    return _TIMERS.get(timer[0], "sync"), seconds
