"""Passing over stretches in which probing and syncing a pod changes nothing.

Rules: what is skipped has no effect but on tickers, on runs of equal results, on what was drawn and
on counts of events that the recorder holds back, and these are as they would have been: a skipped
replay and a full one are equal from the first status to the last. Passed over are probes that
succeed after a success, readiness probes that fail after a failure, and syncs that find nothing to
do but to wait for a back-off. Anything that is about to happen, and anything that may answer
differently, ends the stretch.
"""

from math import ceil, inf
from typing import Protocol

import msgspec

from holdfast.kubelet import wording
from holdfast.kubelet.constants import SYNC_SECONDS
from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.inputs import Draw, Outcome, ProbeKind
from holdfast.kubelet.pod_state import REQUEUE, PodState, Timer
from holdfast.kubelet.pod_status import ContainerView
from holdfast.kubelet.probe_worker import ProbeWorker, Step, Value, tick_after
from holdfast.kubelet.probing import probe_timer, view_of
from holdfast.kubelet.restart_policy import failed
from holdfast.kubelet.scheduling import detection_seconds, requeue
from holdfast.kubelet.starting import CRASH_LOOP
from holdfast.model.container import ContainerKind

_PASSED = ("probe", "requeue")


class Foresight(Protocol):
    """What a driver knows of the processes."""

    def steady(self, worker: ProbeWorker) -> tuple[float, Outcome]:
        """Until when a worker gets the same outcome, and which.

        Of a success its ticks are meant, of a failure every moment from now on.
        """

    def reply(self, worker: ProbeWorker, at: float) -> tuple[float, str]:
        """After how many seconds a probe that is asked then is answered, and with which output."""


class _Failing(msgspec.Struct):
    """A readiness worker whose probes fail one after the other, and what was passed of them."""

    worker: ProbeWorker
    message: str
    passed: int = 0
    last: float = 0.0

    def pass_until(self, at: float) -> None:
        """Pass its ticks before a moment."""
        worker = self.worker
        if worker.next_tick < at:
            period = worker.probe.period
            ticks = ceil((at - worker.next_tick) / period)
            self.passed += ticks
            self.last = worker.next_tick + (ticks - 1) * period
            worker.next_tick = self.last + period

    def in_flight(self, at: float, foresight: Foresight) -> float | None:
        """The tick whose probe is not yet answered at a moment, or None."""
        worker = self.worker
        if worker.next_tick > at:
            return None
        period = worker.probe.period
        tick = worker.next_tick + int((at - worker.next_tick) / period) * period
        return tick if tick + foresight.reply(worker, tick)[0] >= at else None


class Stretch(msgspec.Struct, frozen=True):
    """Whose probes can be passed over, and who waits for a back-off meanwhile."""

    asked: list[ProbeWorker]
    failing: list[_Failing]
    waiting: list[ContainerRecord]
    end: float
    """Until when nothing happens that could not be passed over."""
    soonest: float
    """The first thing that can be passed over."""
    is_idle: bool = False
    """Whether syncs are passed over as well."""

    @property
    def answered_seconds(self) -> float:
        """The longest time from a probe to its answer."""
        asking = [*self.asked, *(one.worker for one in self.failing)]
        return max((worker.probe.timeout for worker in asking), default=0.0)


def skip(state: PodState, until: float, foresight: Foresight, draw: Draw) -> bool:
    """Pass over everything before `until` that changes nothing; returns whether it did."""
    stretch = find_stretch(state, until, foresight)
    return stretch is not None and pass_stretch(state, stretch, until, foresight, draw)


def find_stretch(
    state: PodState, until: float, foresight: Foresight, *, alone: bool = True
) -> Stretch | None:
    """What can be passed over before `until`; None where nothing can.

    Where a pod is not `alone`, its stretch ends at a sync that may end it: others must be able to
    rely on the end before chance has decided when the sync comes.
    """
    end, soonest, first = until, inf, REQUEUE
    for timer, at in state.timers.items():
        if timer[0] in _PASSED:
            if at < soonest:
                soonest, first = at, timer
        elif at < end:
            end = at
    if soonest >= end or _asks_anew_first(state, first) or not _is_settled(state):
        return None
    stretch = _stretch(state, min(end, _asks_anew_at(state)), soonest, foresight)
    if stretch is None:
        return None
    end = stretch.end
    is_idle = _syncs_change_nothing(state, stretch)
    if not alone and (stretch.failing or stretch.waiting):
        is_idle = False
    if not is_idle:
        end = min(end, state.timers.get(REQUEUE, inf))
    if stretch.failing:
        end = min(end, _failures_held_back_until(state, stretch.failing, soonest))
    stretch = msgspec.structs.replace(stretch, end=end, is_idle=is_idle)
    return stretch if soonest < end - stretch.answered_seconds else None


def pass_stretch(
    state: PodState, stretch: Stretch, until: float, foresight: Foresight, draw: Draw
) -> bool:
    """Pass over a stretch, or its part before `until`; returns whether there was one."""
    # A probe that is asked before the end is also answered before it.
    end = min(stretch.end, until) - stretch.answered_seconds
    if stretch.soonest >= end:
        return False
    if stretch.is_idle:
        end = _pass_syncs(state, stretch, end, foresight, draw)
    _pass_ticks(state, stretch, end, foresight)
    return True


def _asks_anew_first(state: PodState, timer: Timer) -> bool:
    """Whether the first timer is a tick that ends every stretch: most often there is none."""
    worker = state.workers.get((timer[1], ProbeKind(timer[2]))) if timer != REQUEUE else None
    return worker is not None and _asks_anew(state, worker)


def _asks_anew_at(state: PodState) -> float:
    """The first tick whose result is counted anew, whatever it is: nobody need be asked for that.

    Only a result that has been stored changes nothing when it comes again. A slow answer would put
    off the ticks after it (kubelet.md Q3).
    """
    end = inf
    for worker in state.workers.values():
        if worker.next_tick < end and _asks_anew(state, worker):
            end = worker.next_tick
    return end


def _asks_anew(state: PodState, worker: ProbeWorker) -> bool:
    if worker.last is worker.value and _is_quick(worker):
        return False
    return worker.foresee(view_of(state, worker)) is not Step.WAIT


def _stretch(state: PodState, end: float, soonest: float, foresight: Foresight) -> Stretch | None:
    """What can be passed over before `end`; None where that is nothing.

    It ends where a tick may tell something new.
    """
    asked: list[ProbeWorker] = []
    failing: list[_Failing] = []
    for worker in state.workers.values():
        if soonest >= end:
            return None
        if worker.last is not worker.value or not _is_quick(worker):
            # It waits, or its tick ends the stretch already.
            continue
        step = worker.foresee(view_of(state, worker))
        if step is Step.WAIT:
            continue
        until, outcome = -inf, Outcome.FAILURE
        if step is Step.EXECUTE:
            until, outcome = foresight.steady(worker)
        if until <= worker.next_tick:
            end = min(end, worker.next_tick)
        elif outcome is Outcome.SUCCESS and worker.value is Value.SUCCESS:
            asked.append(worker)
            end = min(end, until)
        elif outcome is Outcome.FAILURE and _may_fail_on(worker):
            output = foresight.reply(worker, worker.next_tick)[1]
            failing.append(_Failing(worker, wording.probe_failed(worker.kind, output)))
            end = min(end, until)
        else:
            end = min(end, worker.next_tick)
    waiting = [record for record in state.record_list() if _waits(state, record)]
    return Stretch(asked, failing, waiting, end, soonest) if soonest < end else None


def _is_quick(worker: ProbeWorker) -> bool:
    return worker.probe.timeout <= worker.probe.period


def _may_fail_on(worker: ProbeWorker) -> bool:
    """Whether another failure changes nothing: readiness only, answered before the next sync."""
    readiness = worker.kind is ProbeKind.READINESS and worker.value is Value.FAILURE
    return readiness and worker.probe.timeout < SYNC_SECONDS


def _waits(state: PodState, record: ContainerRecord) -> bool:
    """Whether a container is in CrashLoopBackOff, and everybody has been told."""
    view = state.shown.get(record.name)
    return (
        record.waiting_reason == CRASH_LOOP
        and record.kind is not ContainerKind.INIT
        and view is not None
        and not view.running
        and view.life is not None
        and view.comes_back
        and view.waiting_reason == CRASH_LOOP
        and view.waiting_message == record.waiting_message
    )


def _failures_held_back_until(state: PodState, failing: list[_Failing], now: float) -> float:
    """Until when the recorder counts the events of failing probes and sends none."""
    held = state.recorder.held_back_until
    return min(
        held("Unhealthy", "Warning", one.message, now, one.worker.probe.period) for one in failing
    )


def _waits_held_back_until(state: PodState, waiting: list[ContainerRecord], now: float) -> float:
    """The same for the events of syncs that find a back-off."""
    held = state.recorder.held_back_until
    return min(
        (
            held("BackOff", "Warning", _back_off_event(state, record), now, 2.0 * SYNC_SECONDS)
            for record in waiting
        ),
        default=inf,
    )


def _back_off_event(state: PodState, record: ContainerRecord) -> str:
    return wording.back_off_event(state.pod, record.name, state.behaviour)


def _is_settled(state: PodState) -> bool:
    """Whether nothing is under way: no sync, no stop, no probe, no unseen change."""
    if state.syncing or state.sync_pending or state.stops or state.terminating:
        return False
    for worker in state.workers.values():
        if worker.busy or worker.stopped:
            return False
    return all(map(_is_seen, state.records.values()))


def _is_seen(record: ContainerRecord) -> bool:
    life = record.newest
    return life is None or life.end_seen or (life.start_seen and life.finished_at is None)


def _syncs_change_nothing(state: PodState, stretch: Stretch) -> bool:
    """Whether a sync of the pod would find nothing to do, say or trigger that is not passed."""
    if state.restarting_all or (stretch.failing and stretch.waiting):
        return False
    failing = [one.worker.container for one in stretch.failing]
    waiting = [record.name for record in stretch.waiting]
    return all(
        _is_done(view) or (view.name in failing and view.started) or view.name in waiting
        for view in state.shown.values()
    )


def _is_done(view: ContainerView) -> bool:
    if view.running:
        return view.started and view.ready
    if view.life is None:
        return False
    return not view.comes_back or (view.kind is ContainerKind.INIT and not failed(view.life))


def _pass_syncs(
    state: PodState, stretch: Stretch, end: float, foresight: Foresight, draw: Draw
) -> float:
    """The syncs of every minute, which draw when the next one is; returns where the stretch ends.

    Of a container that is not ready, each sync triggers a probe (kubelet.md 1.5).
    """
    state.acted = state.start_failed = False
    state.back_off_left = []
    held = _waits_held_back_until(state, stretch.waiting, state.timers.get(REQUEUE, inf))
    while (at := state.timers.get(REQUEUE, inf)) < end:
        start = max(at, state.fresh_at)
        if start >= end:
            break
        stop = start if start >= held else _stops_at(state, stretch, start, foresight)
        if stop is not None:
            return stop
        state.back_off_left = [_left(state, record, start) for record in stretch.waiting]
        for record in stretch.waiting:
            text = _back_off_event(state, record)
            state.recorder.hold_back("BackOff", "Warning", text, start, 1)
        if stretch.failing:
            # Before or after the status is published: the worker sees the same (kubelet.md 1.5).
            draw("trigger race")
        for one in stretch.failing:
            one.pass_until(start)
            one.passed += 1
            one.last = start
            if state.behaviour.trigger_resets_ticker:
                one.worker.next_tick = tick_after(start, one.worker.probe.period)
        state.fresh_at = start + detection_seconds(draw)
        requeue(state, start, draw)
    return end


def _stops_at(state: PodState, stretch: Stretch, sync: float, foresight: Foresight) -> float | None:
    """Where the stretch must end because of what a sync would meet, or None.

    A back-off that is over; a probe under way, which a trigger would wait for; a tick that would
    wait for the triggered probe.
    """
    if any(_left(state, record, sync) <= 0 for record in stretch.waiting):
        return sync
    ticks = [one.in_flight(sync, foresight) for one in stretch.failing]
    met = [tick for tick in ticks if tick is not None]
    if met:
        return min(met)
    if not state.behaviour.trigger_resets_ticker:
        for one in stretch.failing:
            worker = one.worker
            period = worker.probe.period
            following = worker.next_tick
            if following <= sync:
                following += (int((sync - following) / period) + 1) * period
            if following <= sync + foresight.reply(worker, sync)[0]:
                return sync
    return None


def _left(state: PodState, record: ContainerRecord, now: float) -> float:
    """Seconds of a back-off that are left."""
    life = record.last_exited
    finished = life.finished_at if life is not None else None
    if finished is None:
        return 0.0
    return state.back_off.remaining(record.back_off_key, finished, now)


def _pass_ticks(state: PodState, stretch: Stretch, end: float, foresight: Foresight) -> None:
    failing = {id(one.worker) for one in stretch.failing}
    asked = {id(worker) for worker in stretch.asked}
    for one in stretch.failing:
        one.pass_until(end)
        if one.passed:
            one.worker.run += one.passed
            answered = one.last + foresight.reply(one.worker, one.last)[0]
            state.recorder.hold_back("Unhealthy", "Warning", one.message, answered, one.passed)
        state.timers[probe_timer(one.worker)] = one.worker.next_tick
    for worker in state.workers.values():
        if worker.next_tick >= end or id(worker) in failing:
            continue
        period = worker.probe.period
        ticks = -int((worker.next_tick - end) // period)
        worker.next_tick += ticks * period
        state.timers[probe_timer(worker)] = worker.next_tick
        if id(worker) in asked:
            worker.run += ticks
