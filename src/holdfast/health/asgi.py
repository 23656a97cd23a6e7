"""Health endpoints in front of an ASGI application, or as one of their own.

Rules: the way of a probe is short: one look-up, one comparison, two messages. Messages are made
anew for each response, because servers and middleware may change them. What is no health path
reaches the application untouched.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from holdfast.health.answers import DETAIL, NOT_ALLOWED, Answer, Endpoint
from holdfast.health.errors import HealthError

if TYPE_CHECKING:
    from holdfast.health.health import Health

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_NOT_FOUND = Answer(404, ((b"content-length", b"0"),), b"")


class AsgiHealth:
    """The application with its endpoints."""

    def __init__(
        self, health: "Health", app: AsgiApp | None, endpoints: Mapping[str, Endpoint]
    ) -> None:
        """`endpoints`: by path. Without an application everything else is not found."""
        self._health = health
        self._app = app or _nothing_else
        self._endpoints = endpoints
        self._fresh = True
        self._on_demand = health.on_demand

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection of the server."""
        if scope["type"] == "http":
            endpoint = self._endpoints.get(scope["path"])
            if endpoint is not None:
                if self._fresh:
                    self._begin()
                if self._on_demand:
                    await self._health.sample()
                answer = self._answer(endpoint, scope)
                headers = list(answer.headers)
                start = {"type": "http.response.start", "status": answer.status, "headers": headers}
                await send(start)
                await send({"type": "http.response.body", "body": answer.body})
                return
        elif scope["type"] == "lifespan":
            receive, send = self._around(receive, send)
        await self._app(scope, receive, send)

    def _answer(self, endpoint: Endpoint, scope: Scope) -> Answer:
        if scope["method"] not in ("GET", "HEAD"):
            return NOT_ALLOWED
        if endpoint.kind == DETAIL and self._health.may_see_detail(scope):
            return endpoint.detail(monotonic())
        return endpoint.answer(monotonic())

    def _begin(self) -> None:
        """The first news of the loop: a server without lifespan, or the lifespan itself."""
        self._fresh = False
        self._health.begin(asyncio.get_running_loop())

    def _around(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """The lifespan, with the checks started before the application and stopped after it."""

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    self._begin()
                except HealthError as error:
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    raise
            elif message["type"] == "lifespan.shutdown":
                # Before the application closes what the checks use.
                self._health.pause()
            return message

        async def sending(message: Message) -> None:
            await send(message)
            if message["type"].startswith("lifespan.shutdown"):
                self._health.end()

        return receiving, sending


async def _nothing_else(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "http":
        headers = list(_NOT_FOUND.headers)
        await send({"type": "http.response.start", "status": 404, "headers": headers})
        await send({"type": "http.response.body", "body": _NOT_FOUND.body})
