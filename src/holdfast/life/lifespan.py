"""The lifespan of an ASGI application under a Life.

    server: startup ─► life begins ─► application starts ─► ready
    server: shutdown ─► stop phases in order ─► application shuts down ─► end

Phases come before the application's own shutdown, because they need what it opened. A SIGTERM
before the application is ready cancels its startup: nine of ten servers would run it to its end
(service.md 9.5). The server is told that the startup is complete, so that it goes on to the
shutdown that the same SIGTERM has asked for, and exits 0.

Rules: an application without lifespan is served like any other. Errors of its startup reach the
server as the application told them.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from holdfast.life.settings import SettingsError

if TYPE_CHECKING:
    from holdfast.life.asgi import AsgiApp
    from holdfast.life.life import Life

Message = MutableMapping[str, Any]
_LOG = logging.getLogger("holdfast.life")
_STARTUP_COMPLETE = {"type": "lifespan.startup.complete"}
_SHUTDOWN_COMPLETE = {"type": "lifespan.shutdown.complete"}


class Lifespan:
    """One run of it."""

    def __init__(
        self,
        app: "AsgiApp",
        life: "Life",
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Keep the connection of the server."""
        self._life = life
        self._receive = receive
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self._app: asyncio.Task[None] = self._loop.create_task(self._run_app(app, scope))

    async def run(self) -> None:
        """From the server's startup to its shutdown."""
        try:
            await self._startup(await self._receive())
            await self._shutdown(await self._receive())
        finally:
            if not self._app.done():
                self._app.cancel()

    async def _run_app(self, app: "AsgiApp", scope: MutableMapping[str, Any]) -> None:
        await app(scope, self._to_app.get, self._from_app.put)

    async def _startup(self, message: Message) -> None:
        try:
            self._life.begin(self._loop, cancel_startup=self._cancel_from_thread)
        except SettingsError as error:
            await self._send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await self._to_app.put(message)
        answer = await self._answer()
        if self._life.draining:
            answer = None
        self._life.mark_ready()
        await self._send(_STARTUP_COMPLETE if answer is None else answer)

    async def _shutdown(self, message: Message) -> None:
        self._life.server_stopped()
        await self._life.released_async()
        answer: Message | None = None
        if not self._app.done():
            await self._to_app.put(message)
            answer = await self._answer()
        await self._send(_SHUTDOWN_COMPLETE if answer is None else answer)
        self._life.end()

    async def _answer(self) -> Message | None:
        """The application's next word; None when it ended without one."""
        word = self._loop.create_task(self._from_app.get())
        try:
            await asyncio.wait((word, self._app), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not word.done():
                word.cancel()
        if word.done() and not word.cancelled():
            return word.result()
        if not self._app.cancelled() and self._app.exception() is not None:
            # As servers do: an application that knows no lifespan raises at once.
            _LOG.debug("the application has no lifespan", exc_info=self._app.exception())
        return None

    def _cancel_from_thread(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._app.cancel)
