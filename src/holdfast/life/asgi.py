"""Any ASGI application under a Life: lifespan, requests, WebSockets.

While the service drains, every HTTP/1.1 response says `Connection: close` (only the application
can, before the listener closes: service.md F2), and open WebSockets are closed with 1012, as
uvicorn does. The header belongs to HTTP/1 alone: HTTP/2 forbids it (RFC 9113, section 8.2.2).

Rules: what a request pays is one entry in a dictionary and one look at the page. Messages of the
application are never changed in place.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from holdfast.life.flights import Flight

if TYPE_CHECKING:
    from holdfast.life.life import Life

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_CLOSE_HEADER = (b"connection", b"close")
# "Service Restart", IANA WebSocket close codes; service.md 8.4.
_WEBSOCKET_RESTART = 1012
_BUSY_BODY = b"stopping"


class AsgiLife:
    """The application, wrapped."""

    def __init__(self, app: AsgiApp, life: "Life") -> None:
        """Wrap; nothing begins before the server starts the lifespan, or a request comes."""
        self._app = app
        self._life = life
        self._page = life.page.raw
        self._quiet_paths = life.quiet_paths
        self._fresh = True
        self._sockets: set[_Socket] = set()
        life.listen(self._close_sockets)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection of the server."""
        kind = scope["type"]
        if kind == "http":
            if scope["path"] in self._quiet_paths and not self._page[0] and not self._fresh:
                # A probe is no traffic, and nothing is said on its response before the drain.
                await self._app(scope, receive, send)
            else:
                await self._request(scope, receive, send)
        elif kind == "websocket":
            await self._socket(scope, receive, send)
        elif kind == "lifespan":
            from holdfast.life.lifespan import Lifespan

            self._fresh = False
            await Lifespan(self._app, self._life, scope, receive, send).run()
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        life = self._life
        if self._fresh:
            self._begin_late()
        exchange = _Exchange(self._page, scope, send)
        if scope["path"] in life.quiet_paths:
            # A probe is no traffic: nobody waits for it at the end.
            await self._app(scope, receive, exchange.send)
            return
        if self._page[0]:
            life.page.mark_request(monotonic())
        flight = Flight(scope["path"], asyncio.current_task(), asyncio.get_running_loop())
        number = life.flights.enter(flight)
        try:
            await self._app(scope, receive, exchange.send)
        except asyncio.CancelledError:
            if not flight.cancelled:
                raise
            await exchange.apologise()
        finally:
            life.flights.leave(number)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._fresh:
            self._begin_late()
        socket = _Socket(send)
        flight = Flight(scope["path"], asyncio.current_task(), asyncio.get_running_loop())
        number = self._life.flights.enter(flight)
        self._sockets.add(socket)
        try:
            await self._app(scope, receive, socket.send)
        except asyncio.CancelledError:
            if not flight.cancelled:
                raise
        finally:
            self._sockets.discard(socket)
            self._life.flights.leave(number)

    def _begin_late(self) -> None:
        """A server without lifespan: the first request is the first news of the service."""
        self._fresh = False
        if not self._life.begun:
            self._life.begin(asyncio.get_running_loop())
            self._life.mark_ready()

    def _close_sockets(self) -> None:
        for socket in list(self._sockets):
            socket.close_soon()


class _Exchange:
    """One request's answers on their way out."""

    __slots__ = ("_page", "_scope", "_send", "_started")

    def __init__(self, page: Any, scope: Scope, send: Send) -> None:
        self._page = page
        self._scope = scope
        self._send = send
        self._started = False

    def send(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self._started = True
            if self._page[0]:
                message = self._closing(message)
        return self._send(message)

    async def apologise(self) -> None:
        """The request was cancelled by the stop; a client that has nothing yet gets an answer."""
        if self._started:
            return
        headers = [(b"content-length", b"%d" % len(_BUSY_BODY)), (b"content-type", b"text/plain")]
        await self.send({"type": "http.response.start", "status": 503, "headers": headers})
        await self.send({"type": "http.response.body", "body": _BUSY_BODY})

    def _closing(self, message: Message) -> Message:
        if not self._scope.get("http_version", "1.1").startswith("1"):
            return message
        kept = [pair for pair in message.get("headers", ()) if pair[0].lower() != b"connection"]
        return {**message, "headers": [*kept, _CLOSE_HEADER]}


class _Socket:
    """One WebSocket; after the stop has closed it, words of the application go nowhere."""

    __slots__ = ("_accepted", "_closed", "_loop", "_send", "_tasks")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._accepted = False
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if self._closed:
            return
        if kind == "websocket.accept":
            self._accepted = True
        elif kind == "websocket.close":
            self._closed = True
        await self._send(message)

    def close_soon(self) -> None:
        """From another thread."""
        try:
            self._loop.call_soon_threadsafe(self._close)
        except RuntimeError:
            # The loop was closed, and the connection with it.
            self._closed = True

    def _close(self) -> None:
        if self._accepted and not self._closed:
            self._closed = True
            reason = {"type": "websocket.close", "code": _WEBSOCKET_RESTART, "reason": "stopping"}
            task = self._loop.create_task(_quietly(self._send(reason)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _quietly(sending: Awaitable[None]) -> None:
    try:
        await sending
    except Exception:  # noqa: BLE001 - each server raises its own error for a peer that has gone
        return
