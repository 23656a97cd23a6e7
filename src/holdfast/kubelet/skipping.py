"""Passing over stretches in which probing a pod changes nothing.

Rules: what is skipped has no effect but on tickers, on runs of equal results and on what was drawn,
and these are as they would have been: a skipped replay and a full one are equal from the first
status to the last. Anything that is about to happen, and anything that may answer differently, ends
the stretch.
"""

from collections.abc import Callable
from math import inf

from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.inputs import Draw, Outcome, ProbeKind
from holdfast.kubelet.pod_state import REQUEUE, PodState
from holdfast.kubelet.pod_status import ContainerView
from holdfast.kubelet.probe_worker import ProbeWorker, Step, Value
from holdfast.kubelet.probing import probe_timer, view_of
from holdfast.kubelet.restart_policy import failed
from holdfast.kubelet.scheduling import detection_seconds, requeue
from holdfast.model.container import ContainerKind

Steady = Callable[[str, ProbeKind], tuple[float, Outcome]]
"""Until when a container answers a probe alike, and how; the answer comes within the timeout."""


def skip(state: PodState, until: float, steady: Steady, draw: Draw) -> bool:
    """Pass over everything before `until` that changes nothing; returns whether it did."""
    if not state.workers:
        return False
    end, soonest = until, inf
    for timer, at in state.timers.items():
        if timer[0] in _PASSED:
            if at < soonest:
                soonest = at
        elif at < end:
            end = at
    if soonest >= end or not _is_settled(state):
        return False
    is_idle = _syncs_change_nothing(state)
    if not is_idle:
        end = min(end, state.timers.get(REQUEUE, inf))
    asked: list[ProbeWorker] = []
    # A probe that is asked before the end is also answered before it.
    end = min(end, _same_answers_until(state, steady, asked)) - _longest(asked)
    if soonest >= end:
        return False
    if is_idle:
        _pass_syncs(state, end, draw)
    _pass_ticks(state, asked, end)
    return True


def _same_answers_until(state: PodState, steady: Steady, asked: list[ProbeWorker]) -> float:
    """Until when no probe tells anything new; adds the workers that ask meanwhile."""
    end = inf
    shown = state.shown
    for worker in state.workers.values():
        # The common case that cannot be passed over, told without asking anybody.
        if worker.last is not Value.SUCCESS and not worker.on_hold:
            view = shown.get(worker.container)
            if view is not None and view.running:
                return -inf
    for worker in state.workers.values():
        step = worker.foresee(view_of(state, worker))
        if step is None:
            return -inf
        if step is not Step.EXECUTE:
            continue
        # Only successes after a success change nothing. A slow answer would put off the ticks
        # after it (kubelet.md Q3).
        probe = worker.probe
        if not (worker.last is Value.SUCCESS is worker.value) or probe.timeout > probe.period:
            return -inf
        until, outcome = steady(worker.container, worker.kind)
        if outcome is not Outcome.SUCCESS:
            return -inf
        end = min(end, until)
        asked.append(worker)
    return end


def _longest(asked: list[ProbeWorker]) -> float:
    return max((worker.probe.timeout for worker in asked), default=0.0)


_PASSED = ("probe", "requeue")


def _is_settled(state: PodState) -> bool:
    """Whether nothing is under way: no sync, no stop, no probe, no unseen change."""
    if state.syncing or state.sync_pending or state.stops or state.terminating:
        return False
    if any(worker.busy or worker.stopped for worker in state.workers.values()):
        return False
    return all(_is_seen(record) for record in state.records.values())


def _is_seen(record: ContainerRecord) -> bool:
    life = record.newest
    return life is None or life.end_seen or (life.start_seen and life.finished_at is None)


def _syncs_change_nothing(state: PodState) -> bool:
    """Whether a sync of the pod would find nothing to do, say or trigger."""
    return all(_is_done(view) for view in state.shown.values())


def _is_done(view: ContainerView) -> bool:
    if view.running:
        return view.started and view.ready
    if view.life is None:
        return False
    return not view.comes_back or (view.kind is ContainerKind.INIT and not failed(view.life))


def _pass_syncs(state: PodState, end: float, draw: Draw) -> None:
    """The syncs of every minute, which draw when the next one is."""
    state.acted = state.start_failed = False
    state.back_off_left = []
    while (at := state.timers.get(REQUEUE, inf)) < end:
        start = max(at, state.fresh_at)
        if start >= end:
            return
        state.fresh_at = start + detection_seconds(draw)
        requeue(state, start, draw)


def _pass_ticks(state: PodState, asked: list[ProbeWorker], end: float) -> None:
    for worker in state.workers.values():
        period = worker.probe.period
        if worker.next_tick >= end:
            continue
        ticks = -int((worker.next_tick - end) // period)
        worker.next_tick += ticks * period
        state.timers[probe_timer(worker)] = worker.next_tick
        if worker in asked:
            worker.run += ticks
