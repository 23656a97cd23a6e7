"""Probe workers at work: creation, ticks, extra probes, verdicts (kubelet.md 1.2 to 1.10)."""

from holdfast.kubelet import probe_output, wording
from holdfast.kubelet.inputs import Draw, Outcome, ProbeKind
from holdfast.kubelet.outputs import RunProbe
from holdfast.kubelet.pod_actions import Because
from holdfast.kubelet.pod_state import PodState, Timer
from holdfast.kubelet.probe_worker import MAX_ATTEMPTS, ProbeWorker, Step, Value, View, tick_after
from holdfast.kubelet.publishing import publish_event, publish_status, show_verdict
from holdfast.kubelet.scheduling import update_later
from holdfast.model.container import Container, ContainerKind, Probe

_NO_CONTAINER = View(None, running=False, started=False, started_at=0.0, will_restart=True)


def probe_timer(worker: ProbeWorker) -> Timer:
    """The name of a worker's ticker among the timers."""
    return ("probe", worker.container, worker.kind.value)


def add_workers(state: PodState, now: float, draw: Draw) -> None:
    """The workers of all probes, created by the pod's first sync, before any container runs.

    Init containers and ephemeral containers are never probed, sidecars are. Only a kubelet that is
    younger than a period spreads the first ticks (kubelet.md 1.2, Q2).
    """
    if state.has_workers:
        return
    state.has_workers = True
    for record in state.record_list():
        if record.kind is ContainerKind.INIT:
            continue
        for kind in ProbeKind:
            probe = probe_of(record.spec, kind)
            if probe is None:
                continue
            worker = ProbeWorker(record.name, kind, probe, tick_after(now, probe.period))
            state.workers[record.name, kind] = worker
            if probe.period > now - state.kubelet_started_at:
                worker.next_tick = tick_after(now, probe.period * draw("probe phase"))
            else:
                _look(state, worker, now, draw)
            state.timers[probe_timer(worker)] = worker.next_tick


def probe_of(spec: Container, kind: ProbeKind) -> Probe | None:
    """The probe of that kind, or None."""
    if kind is ProbeKind.LIVENESS:
        return spec.liveness_probe
    return spec.readiness_probe if kind is ProbeKind.READINESS else spec.startup_probe


def tick(state: PodState, container: str, kind: ProbeKind, now: float, draw: Draw) -> None:
    """A worker's ticker has fired."""
    worker = state.worker(container, kind)
    if worker is None:
        return
    free = worker.tick(now)
    state.timers[probe_timer(worker)] = worker.next_tick
    if free:
        _look(state, worker, now, draw)


def trigger_readiness(state: PodState, container: str, now: float, draw: Draw) -> None:
    """The extra readiness probe of every status build of a pod that is not ready (1.5)."""
    worker = state.worker(container, ProbeKind.READINESS)
    if worker is None:
        return
    if worker.trigger(now, resets_ticker=state.behaviour.trigger_resets_ticker):
        state.timers[probe_timer(worker)] = worker.next_tick
        _look(state, worker, now, draw)


def finish_probe(
    state: PodState,
    container: str,
    kind: ProbeKind,
    outcome: Outcome,
    output: str,
    now: float,
    draw: Draw,
) -> None:
    """A probe has been answered: try again after an error, else count it and act on a verdict."""
    worker = state.worker(container, kind)
    if worker is None or not worker.busy:
        return
    if outcome is Outcome.ERROR and worker.attempt < MAX_ATTEMPTS:
        worker.attempt += 1
        state.outputs.append(RunProbe(container, kind, worker.attempt))
        return
    _tell(state, worker, outcome, output, now)
    if worker.finish(outcome, startup_success_holds=state.behaviour.startup_success_holds):
        _apply(state, worker, now, draw)
    if worker.stopped:
        del state.workers[container, kind]
    elif worker.tick_pending or worker.trigger_pending:
        if worker.trigger_pending and state.behaviour.trigger_resets_ticker:
            worker.next_tick = tick_after(now, worker.probe.period)
            state.timers[probe_timer(worker)] = worker.next_tick
        worker.tick_pending = worker.trigger_pending = False
        _look(state, worker, now, draw)


def stop_worker(state: PodState, container: str, kind: ProbeKind) -> None:
    """A worker ends; a probe in flight is still finished (kubelet.md 1.10)."""
    worker = state.worker(container, kind)
    if worker is None:
        return
    state.timers.pop(probe_timer(worker), None)
    if worker.busy:
        worker.stopped = True
    else:
        del state.workers[container, kind]


def condemned_by(state: PodState, container: str) -> Because | None:
    """Why the present life of a container is to end, in the kubelet's order of asking (2.1)."""
    record = state.records[container]
    if record.definition_changed:
        return Because.DEFINITION
    life = record.current
    for kind, because in (
        (ProbeKind.LIVENESS, Because.LIVENESS),
        (ProbeKind.STARTUP, Because.STARTUP),
    ):
        worker = state.worker(container, kind)
        if worker is None or life is None or worker.number != life.number:
            continue
        if worker.value is Value.FAILURE:
            return because
    return Because.RESIZE if record.resize_restarts else None


def _look(state: PodState, worker: ProbeWorker, now: float, draw: Draw) -> None:
    known, before = worker.number, worker.value
    step = worker.look(view_of(state, worker), now)
    is_new = worker.number != known
    if is_new and worker.kind is ProbeKind.STARTUP:
        state.records[worker.container].gate_inherited = False
        show_verdict(state, worker.container)
        publish_status(state)
    if step is Step.EXECUTE and _is_frozen(state, worker):
        _tell(state, worker, Outcome.ERROR, probe_output.CANCELLED, now)
        worker.finish(Outcome.ERROR, startup_success_holds=state.behaviour.startup_success_holds)
    elif step is Step.EXECUTE:
        state.outputs.append(RunProbe(worker.container, worker.kind, worker.attempt))
    elif step is Step.END:
        stop_worker(state, worker.container, worker.kind)
    # The first value that is stored for a container is a change too (kubelet.md 0.3); the initial
    # one of liveness is Success, which nobody acts on.
    stored = step in (Step.STORED, Step.END) and (is_new or worker.value is not before)
    if stored or (is_new and worker.kind is not ProbeKind.LIVENESS):
        update_later(state, (worker.container, worker.kind.value), now, draw)


def _is_frozen(state: PodState, worker: ProbeWorker) -> bool:
    """kubelet.md 13.3: commands of an ending pod are cancelled before they run."""
    cancels = state.behaviour.exec_readiness_frozen and state.terminating
    return cancels and worker.probe.exec is not None


def view_of(state: PodState, worker: ProbeWorker) -> View:
    """The container as the worker sees it: by what is published."""
    shown = state.shown.get(worker.container)
    if shown is None or shown.number is None:
        return _NO_CONTAINER
    return View(
        shown.number,
        shown.running,
        shown.started,
        shown.started_at,
        will_restart=shown.comes_back and not state.terminating,
    )


def _apply(state: PodState, worker: ProbeWorker, now: float, draw: Draw) -> None:
    """Readiness and startup change the published status at once, then all lead to a sync (1.9)."""
    if worker.kind is not ProbeKind.LIVENESS:
        show_verdict(state, worker.container)
        publish_status(state)
    if worker.kind is not ProbeKind.LIVENESS or worker.value is Value.FAILURE:
        update_later(state, (worker.container, worker.kind.value), now, draw)


def _tell(state: PodState, worker: ProbeWorker, outcome: Outcome, output: str, now: float) -> None:
    if outcome is Outcome.SUCCESS:
        return
    reason = "ProbeWarning" if outcome is Outcome.WARNING else "Unhealthy"
    if outcome is Outcome.FAILURE:
        message = wording.probe_failed(worker.kind, output)
    elif outcome is Outcome.WARNING:
        message = wording.probe_warning(worker.kind, output)
    else:
        message = wording.probe_errored(worker.kind, output, state.behaviour)
    publish_event(state, reason, "Warning", message, now, worker.container)
