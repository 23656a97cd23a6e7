"""When a pod is synced: triggers, freshness of the runtime cache, requeues (kubelet.md 0.3).

Rules: a pod's worker has taken at most one update and has at most one more waiting. An update that
is taken waits until the cache is newer than the end of the sync before; what comes meanwhile leads
to another sync after that.
"""

import math

from holdfast.kubelet.constants import (
    BACK_OFF_REQUEUE_SECONDS,
    HOUSEKEEPING_SECONDS,
    JITTER,
    LARGEST_REQUEUE_SECONDS,
    RELIST_SECONDS,
    SYNC_SECONDS,
    SYNC_TICK_SECONDS,
    UPDATE_SECONDS,
)
from holdfast.kubelet.inputs import Draw
from holdfast.kubelet.pod_state import COLLECT, RELIST, REQUEUE, SYNC, PodState


def request_sync(state: PodState, now: float) -> None:
    """Sync as soon as possible; a worker that is busy or waits for the cache does it after that."""
    if state.finished:
        return
    if state.syncing or SYNC in state.timers:
        state.sync_pending = True
    else:
        state.timers[SYNC] = max(now, state.fresh_at)


def relist_later(state: PodState, now: float, draw: Draw) -> None:
    """A change in the runtime will be seen by the next relist, up to a second from now."""
    if RELIST not in state.timers:
        state.timers[RELIST] = now + detection_seconds(draw)


def detection_seconds(draw: Draw) -> float:
    """Delta: from a change to the relist that sees it, in (0, 1] (kubelet.md 0.3)."""
    return RELIST_SECONDS * (1.0 - draw("relist"))


def freshen(state: PodState, now: float) -> None:
    """The cache is as new as now: a worker that waited for it goes on."""
    state.fresh_at = now
    if SYNC in state.timers:
        state.timers[SYNC] = min(state.timers[SYNC], now)


def see_everything(state: PodState, upto: float) -> int:
    """A relist: what happened up to that moment becomes visible. Returns how many events it makes.

    A container that has started and ended since the last relist makes one event.
    """
    news = int(state.sandbox_unseen)
    state.sandbox_unseen = False
    for record in state.records.values():
        for life in record.lives:
            known = life.start_seen, life.end_seen
            if life.started_at is not None and life.started_at <= upto:
                life.start_seen = True
            if life.finished_at is not None and life.finished_at <= upto:
                life.end_seen = True
            news += known != (life.start_seen, life.end_seen)
    return news


def request_syncs(state: PodState, now: float, events: int, draw: Draw) -> None:
    """Each event of a relist is an update: the first is taken, the newest other one waits.

    The events of one relist come so close together that the worker may find them as one.
    """
    if events:
        request_sync(state, now)
    if events > 1 and draw("coalesced updates") < 0.5:
        request_sync(state, now)


def update_later(state: PodState, source: tuple[str, str], now: float, draw: Draw) -> None:
    """A stored result of a probe goes through a channel and the main loop: a sync, soon."""
    state.timers["update", *source] = now + UPDATE_SECONDS * draw("update")


def requeue(state: PodState, now: float, draw: Draw) -> None:
    """The next sync without a trigger: soon after an error, else after a minute (0.3, 3.3)."""
    if state.start_failed or (state.back_off_left and not state.behaviour.requeue_at_expiry):
        base: float = BACK_OFF_REQUEUE_SECONDS
    elif state.back_off_left:
        base = min(max(min(state.back_off_left), 0.0), LARGEST_REQUEUE_SECONDS)
    else:
        base = SYNC_SECONDS
    due = now + base * (1.0 + JITTER * draw("requeue"))
    phase = SYNC_TICK_SECONDS * draw("ticker")
    # The work queue gives out entries that are strictly older than the tick that asks.
    ticks = math.floor((due - phase) / SYNC_TICK_SECONDS) + 1
    state.timers[REQUEUE] = phase + ticks * SYNC_TICK_SECONDS


def schedule_collection(state: PodState, now: float) -> None:
    """The collector of back-off entries, which runs with the housekeeping."""
    due = state.back_off.next_collection(now, HOUSEKEEPING_SECONDS)
    if due is None:
        state.timers.pop(COLLECT, None)
    else:
        state.timers[COLLECT] = due
