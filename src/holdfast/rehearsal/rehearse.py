"""A rehearsal from beginning to end: prepare, run, stop, and say what was seen.

Rules: whatever happens, the runtime is closed, and with it goes everything that was made. The first
Ctrl-C deletes the pod as `kubectl delete` would, the second one ends it at once.
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from holdfast.kubelet.outputs import PublishEvent, PublishStatus
from holdfast.model.snapshot import Snapshot
from holdfast.model.workload import Workload
from holdfast.rehearsal.clock import Clock
from holdfast.rehearsal.container_runtime import ContainerRuntime
from holdfast.rehearsal.guarantees import as_gaps
from holdfast.rehearsal.pod_rehearsal import PodRehearsal
from holdfast.rehearsal.record import Record
from holdfast.rehearsal.seen import Seen, Wanted
from holdfast.rehearsal.stage import Plan, Stage, check_plan, prepare

_STOPS = (signal.SIGINT, signal.SIGTERM)


class Rehearsed(NamedTuple):
    """What came of it. `forced`: it was ended before its end."""

    snapshot: Snapshot
    record: Record
    forced: bool


class Audience(Protocol):
    """Who looks on."""

    def announce(self, stage: Stage, pod: PodRehearsal) -> None:
        """Everything is prepared, nothing has started."""

    def watch(self, now: float, what: Seen) -> None:
        """Something has happened."""

    def close(self) -> None:
        """It is over, one way or the other."""


def rehearse(
    plan: Plan, seconds: float, audience: Audience, workloads: tuple[Workload, ...] = ()
) -> Rehearsed:
    """Run a pod for so many seconds, or until it has ended by itself. Raises RehearsalError."""
    check_plan(plan)
    return asyncio.run(_rehearse(plan, seconds, audience, workloads))


async def _rehearse(
    plan: Plan, seconds: float, audience: Audience, workloads: tuple[Workload, ...]
) -> Rehearsed:
    runtime = ContainerRuntime.launch()
    try:
        runtime.attach()
        stage = await prepare(plan, runtime)
        clock = Clock()
        record = Record(plan.pod, clock.now())

        def watch(now: float, what: Seen) -> None:
            if isinstance(what, Wanted) and isinstance(what.output, PublishStatus):
                record.status(what.output, now)
            elif isinstance(what, Wanted) and isinstance(what.output, PublishEvent):
                record.event(what.output, now)
            audience.watch(now, what)

        pod = PodRehearsal(stage, clock, watch)
        audience.announce(stage, pod)
        forced = await _play(pod, record, seconds)
        gaps = as_gaps(list(stage.losses), plan.pod.key)
        snapshot = record.snapshot(clock.now(), plan.behaviour, pod.journal, gaps, workloads)
        await pod.abandon()
        return Rehearsed(snapshot, record, forced)
    finally:
        audience.close()
        runtime.close()


async def _play(pod: PodRehearsal, record: Record, seconds: float) -> bool:
    """Run it; returns whether a second Ctrl-C ended it."""
    stopped, forced = asyncio.Event(), asyncio.Event()
    with _stops(stopped, forced):
        pod.begin()
        await _until(pod, stopped, seconds)
        if stopped.is_set() and not pod.over:
            record.deleted_at = pod.clock.now()
            pod.delete(pod.stage.plan.pod.spec.grace_seconds)
            await _until(pod, forced, None)
        return forced.is_set()


async def _until(pod: PodRehearsal, event: asyncio.Event, seconds: float | None) -> None:
    told = asyncio.ensure_future(event.wait())
    ended = asyncio.ensure_future(pod.wait(seconds))
    try:
        await asyncio.wait({told, ended}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            ended.result()
    finally:
        told.cancel()
        ended.cancel()


@contextlib.contextmanager
def _stops(first: asyncio.Event, second: asyncio.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM set the first event, then the second one."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        (second if first.is_set() else first).set()

    for each in _STOPS:
        loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        for each in _STOPS:
            loop.remove_signal_handler(each)
