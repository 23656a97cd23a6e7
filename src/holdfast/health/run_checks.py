"""Runs checks side by side, each to its own hard deadline.

A client library can stretch its own time limit (redis-py retries ten times: service.md F5), swallow
a cancellation, or block a thread for ever. So a run that is late is not waited for: it is
cancelled, left alone and marked as stuck, and no second run of that check begins while it lives.

Rules: blocking checks run on daemon threads of their own, one per check at the most: never on the
loop's default executor, which resolves the application's names (F6), and never in the way of the
exit. Nothing here raises for what a check does; no lock is held while it runs.
"""

import asyncio
import threading
from collections.abc import Iterable
from time import monotonic

from holdfast.dependencies.verdict import FAILING, FROZEN, Verdict
from holdfast.health.registration import Registration


class Runner:
    """The runs of one process, for one event loop."""

    def __init__(self) -> None:
        """Nothing runs."""
        self._tasks: dict[str, asyncio.Future[Verdict]] = {}
        self._started: dict[str, float] = {}

    async def run(self, registrations: Iterable[Registration]) -> dict[str, Verdict]:
        """One verdict per check, the latest `timeout` after now."""
        now = monotonic()
        verdicts: dict[str, Verdict] = {}
        waiting: dict[asyncio.Future[Verdict], Registration] = {}
        for registration in registrations:
            task = self._begin(registration, now)
            if task is None:
                verdicts[registration.name] = self._stuck(registration.name, now)
            else:
                waiting[task] = registration
        while waiting:
            now = await self._wait(waiting)
            for task, registration in list(waiting.items()):
                verdict = self._outcome(task, registration, now)
                if verdict is not None:
                    verdicts[registration.name] = verdict
                    del waiting[task]
        return verdicts

    def _begin(self, registration: Registration, now: float) -> "asyncio.Future[Verdict] | None":
        name = registration.name
        before = self._tasks.get(name)
        if before is not None and not before.done():
            # A run that is not late yet is shared, one that is late is never joined by another.
            return before if now - self._started[name] < registration.timeout else None
        loop = asyncio.get_running_loop()
        if registration.check.blocking:
            task = _on_thread(registration, loop)
        else:
            task = loop.create_task(_ask(registration))
        self._tasks[name] = task
        self._started[name] = now
        return task

    async def _wait(self, waiting: "dict[asyncio.Future[Verdict], Registration]") -> float:
        now = monotonic()
        first = min(self._started[item.name] + item.timeout for item in waiting.values())
        await asyncio.wait(
            waiting, timeout=max(0.0, first - now), return_when=asyncio.FIRST_COMPLETED
        )
        return monotonic()

    def _outcome(
        self, task: "asyncio.Future[Verdict]", registration: Registration, now: float
    ) -> Verdict | None:
        """The verdict of a run that has ended or is late, else None."""
        seconds = now - self._started[registration.name]
        if task.done():
            return _verdict(task, seconds)
        if seconds < registration.timeout:
            return None
        task.cancel()
        return Verdict(FROZEN, f"no answer within {registration.timeout:g} s", seconds)

    def _stuck(self, name: str, now: float) -> Verdict:
        seconds = now - self._started[name]
        return Verdict(FROZEN, f"stuck: a run of {seconds:.0f} s ago has not ended", 0.0)


async def _ask(registration: Registration) -> Verdict:
    try:
        return await registration.check.ask()
    except asyncio.CancelledError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a check raises is its failure
        return _raised(error)


def _on_thread(
    registration: Registration, loop: asyncio.AbstractEventLoop
) -> "asyncio.Future[Verdict]":
    """A run on a daemon thread. The future stays open, though cancelled, until the thread ends."""
    future: asyncio.Future[Verdict] = _Uncancelled(loop=loop)

    def work() -> None:
        try:
            verdict = registration.check.ask_blocking()
        except BaseException as error:  # noqa: BLE001 - a thread of ours: whatever it raises ends
            verdict = _raised(error)
        try:
            loop.call_soon_threadsafe(_set, future, verdict)
        except RuntimeError:
            # The loop was closed meanwhile; nobody waits for this answer.
            return

    threading.Thread(target=work, name=f"holdfast {registration.name}", daemon=True).start()
    return future


class _Uncancelled(asyncio.Future[Verdict]):
    """A thread cannot be cancelled, so its future must not look as if it had ended."""

    def cancel(self, msg: object = None) -> bool:
        del msg
        return False


def _set(future: "asyncio.Future[Verdict]", verdict: Verdict) -> None:
    if not future.done():
        future.set_result(verdict)


def _verdict(task: "asyncio.Future[Verdict]", seconds: float) -> Verdict:
    if task.cancelled():
        # By another caller of the same run, at the same deadline; or by the check itself.
        return Verdict(FROZEN, f"cancelled after {seconds:.1f} s", seconds)
    verdict: object = task.result()
    if not isinstance(verdict, Verdict):
        return Verdict(FAILING, f"it answers a {type(verdict).__name__}, not a Verdict", seconds)
    return verdict if verdict.seconds else verdict.took(seconds)


def _raised(error: BaseException) -> Verdict:
    """Only the kind of error: its words may hold anything."""
    return Verdict(FAILING, f"it raised {type(error).__name__}")
