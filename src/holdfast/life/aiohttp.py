"""An aiohttp application under a Life, by its own signals.

Under `web.run_app` SIGTERM belongs to the loop, so the adapter hears it through the loop and ends
the run as aiohttp does, by GracefulExit. Imported only for an aiohttp application: it is the
caller's own.

Rules: public names of aiohttp only. The life begins before the application's first `on_startup`,
and the phases run before its first `on_cleanup`, when all connections are closed.
"""

import asyncio
import signal
from time import monotonic
from typing import TYPE_CHECKING, Any

from aiohttp import web

from holdfast.life.flights import Flight

if TYPE_CHECKING:
    from holdfast.life.life import Life

_WEBSOCKET_RESTART = 1012


def attach(app: Any, life: "Life") -> Any:
    """The same application, with its hooks. Call it when the application's own are added."""
    adapter = _Adapter(life)

    async def track(request: web.Request, handler: Any) -> web.StreamResponse:
        return await adapter.track(request, handler)

    app.middlewares.insert(0, web.middleware(track))
    app.on_startup.insert(0, adapter.begin)
    app.on_startup.append(adapter.ready)
    app.on_response_prepare.append(adapter.prepare)
    app.on_cleanup.insert(0, adapter.stopped)
    app.on_cleanup.append(adapter.ended)
    life.listen(adapter.close_sockets)
    return app


class _Adapter:
    def __init__(self, life: "Life") -> None:
        self._life = life
        self._page = life.page.raw
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sockets: set[web.WebSocketResponse] = set()
        self._tasks: set[asyncio.Task[object]] = set()

    async def begin(self, app: web.Application) -> None:
        """The application starts: this task is what a SIGTERM cancels."""
        del app
        self._loop = loop = asyncio.get_running_loop()
        # Under run_app the loop handles SIGTERM, under gunicorn's worker a plain handler does.
        by_loop = not self._life.page.shared and loop.remove_signal_handler(signal.SIGTERM)
        self._life.begin(loop, close_server=self._close_server if by_loop else None)
        if by_loop:
            loop.add_signal_handler(signal.SIGTERM, self._life.term)

    async def ready(self, app: web.Application) -> None:
        """The application has started."""
        del app
        self._life.mark_ready()

    async def track(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """One request, from its beginning to its response."""
        life = self._life
        if self._page[0] and request.path not in life.quiet_paths:
            life.page.mark_request(monotonic())
        flight = Flight(request.path, asyncio.current_task(), self._loop)
        number = life.flights.enter(flight)
        try:
            response: web.StreamResponse = await handler(request)
        except asyncio.CancelledError:
            if not flight.cancelled:
                raise
            return web.Response(status=503, text="stopping")
        finally:
            life.flights.leave(number)
        return response

    async def prepare(self, request: web.Request, response: web.StreamResponse) -> None:
        """Headers are about to leave."""
        if isinstance(response, web.WebSocketResponse):
            self._sockets.add(response)
        elif self._page[0] and request.version < (2, 0):
            response.force_close()
            response.headers["Connection"] = "close"

    async def stopped(self, app: web.Application) -> None:
        """All connections are closed."""
        del app
        self._life.server_stopped()
        await self._life.released_async()

    async def ended(self, app: web.Application) -> None:
        """The application has cleaned up."""
        del app
        self._life.end()

    def close_sockets(self) -> None:
        """From another thread: the drain begins."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._close_sockets)

    def _close_sockets(self) -> None:
        for socket in list(self._sockets):
            task = asyncio.ensure_future(socket.close(code=_WEBSOCKET_RESTART))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._sockets.clear()

    def _close_server(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(_exit_gracefully)


def _exit_gracefully() -> None:
    raise web.GracefulExit
