"""Samples in the background: each check at its own pace, on the service's event loop.

A service without a loop (WSGI) gets one on a daemon thread. Rules: a check that is slow delays
nobody else; a restarted or forked process begins anew. Changes are logged, and told to listeners
outside of everything that probes wait for.
"""

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable

from holdfast.dependencies.verdict import Verdict
from holdfast.health.board import Board
from holdfast.health.redact import redact
from holdfast.health.registration import STARTUP, Registration
from holdfast.health.run_checks import Runner

Listener = Callable[[str, bool, str], None]
# Replicas that start together do not ask together for ever.
_JITTER = 0.1
_LOG = logging.getLogger("holdfast.health")


class Refresher:
    """The samples of one process."""

    def __init__(self, board: Board) -> None:
        """Not started."""
        self.listeners: list[Listener] = []
        self._board = board
        self._runner = Runner()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._flight: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether samples are taken in the background."""
        return self._loop is not None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, from the loop's own thread."""
        self._loop = loop
        self._runner = Runner()
        for entry in self._board.entries.values():
            self._begin(entry.registration)

    def start_thread(self) -> None:
        """Begin on a daemon thread with a loop of its own."""
        ready = threading.Event()

        def work() -> None:
            asyncio.run(self._forever(ready))

        threading.Thread(target=work, name="holdfast health", daemon=True).start()
        ready.wait()

    def add(self, registration: Registration) -> None:
        """A check was added while samples are taken. Call from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._begin, registration)

    def drop(self, name: str) -> None:
        """A check was taken away."""
        task = self._tasks.pop(name, None)
        if task is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(task.cancel)

    def stop(self) -> None:
        """Take no more samples, from the loop's own thread."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._loop = None

    async def sample_all(self) -> None:
        """One sample of every check, now; callers that come meanwhile share it."""
        flight = self._flight
        if flight is None or flight.done() or flight.get_loop() is not asyncio.get_running_loop():
            flight = self._flight = asyncio.ensure_future(self._sample_all())
        # A caller that hangs up does not take the answer from the others.
        await asyncio.shield(flight)

    def sample_all_blocking(self) -> None:
        """The same from another thread than the loop's; nothing where samples are not taken."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self.sample_all(), self._loop).result()

    async def _sample_all(self) -> None:
        entries = self._board.entries.values()
        wanted = [entry.registration for entry in entries if not self._passed(entry.registration)]
        for name, verdict in (await self._runner.run(wanted)).items():
            self._note(name, verdict)

    async def _forever(self, ready: threading.Event) -> None:
        self.start(asyncio.get_running_loop())
        ready.set()
        await asyncio.Event().wait()

    def _begin(self, registration: Registration) -> None:
        if self._loop is not None and self._board.settings.refresh is not None:
            task = self._loop.create_task(self._sample_on(registration))
            self._tasks[registration.name] = task

    async def _sample_on(self, registration: Registration) -> None:
        name = registration.name
        while not self._passed(registration):
            began = time.monotonic()
            for verdict in (await self._runner.run((registration,))).values():
                self._note(name, verdict)
            pause = registration.every * (1 - _JITTER * os.urandom(1)[0] / 255)
            await asyncio.sleep(max(0.0, began + pause - time.monotonic()))

    def _passed(self, registration: Registration) -> bool:
        """A check of the startup is never asked again once it has passed."""
        entry = self._board.entries.get(registration.name)
        return registration.probe == STARTUP and entry is not None and entry.standing.ever_passed

    def _note(self, name: str, verdict: Verdict) -> None:
        # A pool that the service itself is closing has not failed.
        if self._board.releasing():
            return
        if not self._board.sample(name, verdict, time.monotonic(), time.time()):
            return
        passing = verdict.up or verdict.degraded
        level = logging.INFO if passing else logging.WARNING
        words = redact(verdict.detail) if self._board.settings.redact else verdict.detail
        fields = {"holdfast_check": name, "holdfast_state": verdict.state}
        _LOG.log(level, "check %s: %s: %s", name, verdict.state, words, extra=fields)
        for listener in self.listeners:
            with contextlib.suppress(Exception):
                listener(name, passing, verdict.state)
