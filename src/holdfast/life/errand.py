"""Runs a function that somebody else wrote, where it belongs, without waiting for it.

Rules: asynchronous functions run on the service's loop, blocking ones each on a daemon thread of
their own: never on the loop's default executor, which the application needs (service.md F6), and
never in the way of the process's exit.
"""

import asyncio
import inspect
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

Function = Callable[[], object]
Ended = Callable[[], None]
_LOG = logging.getLogger("holdfast.life")


class Errand:
    """One run of one function. `ended` is called once, from any thread, also after a failure."""

    def __init__(self, name: str, function: Function, ended: Ended) -> None:
        """Keep the parts; `name` is for the log."""
        self.name = name
        self._function = function
        self._ended = ended
        self._future: Future[object] | None = None

    def start(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Begin; returns at once."""
        if loop is not None and loop.is_running() and inspect.iscoroutinefunction(self._function):
            self._follow(loop, self._function())
        else:
            name = f"holdfast {self.name}"
            threading.Thread(target=self._block, args=(loop,), name=name, daemon=True).start()

    def abandon(self) -> None:
        """Cancel what can be cancelled; a blocking function goes on until the process ends."""
        if self._future is not None:
            self._future.cancel()

    def _block(self, loop: asyncio.AbstractEventLoop | None) -> None:
        try:
            result = self._function()
            if inspect.isawaitable(result):
                if loop is not None and loop.is_running():
                    self._follow(loop, result)
                    return
                asyncio.run(_await(result))
        except BaseException:  # noqa: BLE001 - a thread of ours: whatever it raises ends here
            _LOG.exception("%s raised", self.name)
        self._ended()

    def _follow(self, loop: asyncio.AbstractEventLoop, result: object) -> None:
        self._future = asyncio.run_coroutine_threadsafe(_await(result), loop)
        self._future.add_done_callback(self._done)

    def _done(self, future: "Future[object]") -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            _LOG.error("%s raised", self.name, exc_info=error)
        self._ended()


async def _await(result: object) -> object:
    if inspect.isawaitable(result):
        return await result
    return result
