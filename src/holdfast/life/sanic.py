"""A Sanic application under a Life, by its own listeners and middleware.

Sanic decides by `request.stream.keep_alive` whether a connection goes on, whatever the response's
headers say, and its loop hears SIGTERM only after `before_server_start`. Nothing of Sanic is
imported: the application is the caller's own.

Rules: the life begins in the worker, never in Sanic's main process. The phases run when all
connections are closed.
"""

import asyncio
import signal
from time import monotonic
from typing import TYPE_CHECKING, Any

from holdfast.life.flights import Flight

if TYPE_CHECKING:
    from holdfast.life.life import Life


def attach(app: Any, life: "Life") -> Any:
    """The same application, with its hooks."""
    adapter = _Adapter(life)
    app.register_listener(adapter.started, "after_server_start")
    app.register_listener(adapter.stopped, "after_server_stop")
    # A middleware of responses runs in reverse order of registration, this one last of all.
    app.register_middleware(adapter.enter, "request")
    app.register_middleware(adapter.leave, "response")
    return app


class _Adapter:
    def __init__(self, life: "Life") -> None:
        self._life = life
        self._page = life.page.raw
        self._loop: asyncio.AbstractEventLoop | None = None
        self._app: Any = None
        self._stopping = False

    async def started(self, app: Any) -> None:
        """Signals are set up, and the application has started."""
        self._app = app
        self._loop = loop = asyncio.get_running_loop()
        if self._life.page.shared:
            self._stop_once_only(loop)
        by_loop = not self._life.page.shared and loop.remove_signal_handler(signal.SIGTERM)
        self._life.begin(loop, close_server=self._close_server if by_loop else None)
        if by_loop:
            loop.add_signal_handler(signal.SIGTERM, self._life.term)
        self._life.mark_ready()

    async def stopped(self, app: Any) -> None:
        """All connections are closed."""
        del app
        self._life.server_stopped()
        await self._life.released_async()
        self._life.end()

    async def enter(self, request: Any) -> None:
        """A request begins; the one before it on this connection is over.

        Sanic tells nobody when a response has been sent: a handler may stream long after its
        middleware has run, and a client that goes away skips it. But it takes the stream from the
        request then, and its task ends with the connection.
        """
        if self._page[0] and request.path not in self._life.quiet_paths:
            self._life.page.mark_request(monotonic())
        flights, connection, task = self._life.flights, request.conn_info.ctx, _task()
        before = getattr(connection, "holdfast_flight", None)
        if before is None:
            task.add_done_callback(lambda _: flights.leave(connection.holdfast_flight))
        else:
            flights.leave(before)
        flight = Flight(request.path, task, self._loop, over=lambda: request.stream is None)
        connection.holdfast_flight = flights.enter(flight)

    async def leave(self, request: Any, response: Any) -> None:
        """Its response is about to leave."""
        del response
        if self._page[0] and request.stream is not None:
            request.stream.keep_alive = False

    def _stop_once_only(self, loop: asyncio.AbstractEventLoop) -> None:
        """A worker hears of a stop twice: by its process group, and by Sanic's main process.

        The second `stop` would end the loop while it waits for connections (sanic 25.12,
        mixins/startup.py), and cut them off.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            if loop.remove_signal_handler(number):
                loop.add_signal_handler(number, self._stop)

    def _close_server(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        if not self._stopping:
            self._stopping = True
            self._app.stop(terminate=False)


def _task() -> "asyncio.Task[object]":
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a request of Sanic without a task")
    return task
