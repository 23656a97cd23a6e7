"""A rehearsal from beginning to end: prepare, run, stop, and say what was seen.

Rules: whatever happens, the runtime is closed, and with it goes everything that was made. The first
Ctrl-C deletes the pod as `kubectl delete` would, the second one ends it at once.
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import msgspec

from holdfast.model.snapshot import Snapshot
from holdfast.model.workload import Workload
from holdfast.rehearsal.clock import Clock
from holdfast.rehearsal.container_runtime import ContainerRuntime
from holdfast.rehearsal.guarantees import as_gaps
from holdfast.rehearsal.load.generator import Generator
from holdfast.rehearsal.load.plan import LoadPlan
from holdfast.rehearsal.load.tally import Phase, Tallies
from holdfast.rehearsal.measuring.measure_starts import measure_starts
from holdfast.rehearsal.measuring.measurements import Measurements
from holdfast.rehearsal.measuring.tell_diagnosis import measurements_for
from holdfast.rehearsal.pod_rehearsal import PodRehearsal
from holdfast.rehearsal.record import Record
from holdfast.rehearsal.seen import Seen
from holdfast.rehearsal.stage import Plan, Stage, check_plan, prepare

# How long before its end a program is last looked at.
_LOOK_SECONDS = 0.02
_STOPS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Exercise:
    """What is done with the pod besides running it."""

    seconds: float
    load: LoadPlan | None = None
    """Clients; they come after half of the time, so that both halves can be compared."""
    rollout: bool = False
    """Stop the pod in the end as a rolling update does, under load if there is one."""
    endpoint_lag_seconds: float = 0.0
    """How long clients still find a pod that is being deleted (kubelet.md 5.5)."""
    extra_starts: int = 0
    """How often each container is started again in the end, to measure its start."""


class Rehearsed(NamedTuple):
    """What came of it. `forced`: it was ended before its end."""

    snapshot: Snapshot
    measurements: Measurements
    requests: Tallies
    open_at_end: int | None
    """Connections that were open when the pod's last program ended; None where nobody looked."""
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
    plan: Plan, exercise: Exercise, audience: Audience, workloads: tuple[Workload, ...] = ()
) -> Rehearsed:
    """Run a pod until its time is over or it has ended by itself. Raises RehearsalError."""
    check_plan(plan)
    return asyncio.run(_rehearse(plan, exercise, audience, workloads))


async def _rehearse(
    plan: Plan, exercise: Exercise, audience: Audience, workloads: tuple[Workload, ...]
) -> Rehearsed:
    runtime = ContainerRuntime.launch()
    try:
        runtime.attach()
        stage = await prepare(plan, runtime)
        clock = Clock()
        record, measurements = Record(plan.pod, clock.now()), Measurements()

        def watch(now: float, what: Seen) -> None:
            record.watch(now, what)
            measurements.watch(now, what)
            audience.watch(now, what)

        pod = PodRehearsal(stage, clock, watch)
        audience.announce(stage, pod)
        played = await _Play(pod, record, measurements, exercise).run()
        gaps = as_gaps(list(stage.losses), plan.pod.key)
        snapshot = msgspec.structs.replace(
            record.snapshot(clock.now(), plan.behaviour, pod.journal, gaps, workloads),
            measurements=tuple(measurements_for(plan.pod.key, measurements)),
        )
        await pod.abandon()
        if not played.forced:
            await measure_starts(stage, measurements, exercise.extra_starts)
        return Rehearsed(snapshot, measurements, played.requests, played.open_at_end, played.forced)
    finally:
        audience.close()
        runtime.close()


class _Played(NamedTuple):
    forced: bool
    requests: Tallies
    open_at_end: int | None


class _Play:
    """The order of events: idle, under load, stopped."""

    def __init__(
        self, pod: PodRehearsal, record: Record, measurements: Measurements, exercise: Exercise
    ) -> None:
        self._pod = pod
        self._record = record
        self._measurements = measurements
        self._exercise = exercise
        self._stopped, self._forced = asyncio.Event(), asyncio.Event()
        self._generator: Generator | None = None

    async def run(self) -> _Played:
        """Play it to its end."""
        exercise, requests = self._exercise, Tallies()
        try:
            with _stops(self._stopped, self._forced):
                self._pod.begin()
                idle = exercise.seconds / 2 if exercise.load is not None else exercise.seconds
                await _until(self._pod, self._stopped, idle)
                if exercise.load is not None and not self._ended:
                    await self._begin_load(exercise.load)
                    await _until(self._pod, self._stopped, exercise.seconds - idle)
                open_at_end = None
                if (self._stopped.is_set() or exercise.rollout) and not self._pod.over:
                    open_at_end = await self._delete()
                if self._generator is not None:
                    requests = await self._generator.stop()
            return _Played(self._forced.is_set(), requests, open_at_end)
        finally:
            if self._generator is not None:
                self._generator.kill()

    @property
    def _ended(self) -> bool:
        return self._stopped.is_set() or self._pod.over

    async def _begin_load(self, plan: LoadPlan) -> None:
        self._generator = await Generator.start(plan, self._pod.stage.network.pod_ip)
        self._measurements.under_load = True

    async def _delete(self) -> int:
        """Delete the pod and wait for its end; how many connections its last program had open."""
        pod = self._pod
        self._record.deleted_at = pod.clock.now()
        leaves = asyncio.ensure_future(self._leave())
        pod.delete(pod.stage.plan.pod.spec.grace_seconds)
        watching = asyncio.ensure_future(_count_connections(pod))
        await _until(pod, self._forced, None)
        watching.cancel()
        if not self._forced.is_set():
            # Clients go on asking a pod that is gone as long as they find it.
            await leaves
        return pod.open_connections

    async def _leave(self) -> None:
        """The pod leaves the endpoints, some time after its deletion."""
        if self._generator is not None:
            self._generator.tell(Phase.LEAVING)
            await asyncio.sleep(self._exercise.endpoint_lag_seconds)
            self._generator.tell(Phase.LEFT)


async def _count_connections(pod: PodRehearsal) -> None:
    while True:
        pod.look_at_connections()
        await asyncio.sleep(_LOOK_SECONDS)


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
