"""A server for tests: it runs an ASGI application in this process, without a socket."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from holdfast.life.asgi import AsgiApp

Message = MutableMapping[str, Any]


class Server:
    """Speaks the lifespan and sends requests; what comes back is kept."""

    def __init__(self, app: AsgiApp) -> None:
        """Serve this application."""
        self._app = app
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self.lifespan: list[str] = []
        self._word = asyncio.Event()
        self._task: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """Until the application has started, or said that it cannot."""
        scope = {"type": "lifespan", "state": {}}
        self._task = asyncio.ensure_future(self._app(scope, self._to_app.get, self._hear))
        await self._say("lifespan.startup")

    async def stop(self) -> None:
        """Until the application has shut down."""
        await self._say("lifespan.shutdown")
        await self.ended()

    async def ended(self) -> None:
        """Until the lifespan is over. Raises what the application raised."""
        if self._task is not None:
            await self._task

    async def _say(self, kind: str) -> None:
        self._word.clear()
        await self._to_app.put({"type": kind})
        async with asyncio.timeout(5):
            await self._word.wait()

    async def _hear(self, message: Message) -> None:
        self.lifespan.append(message["type"])
        self._word.set()

    async def get(
        self,
        path: str,
        *,
        version: str = "1.1",
        method: str = "GET",
        headers: tuple[tuple[bytes, bytes], ...] = (),
        client: tuple[str, int] = ("203.0.113.9", 4000),
    ) -> "Answer":
        """One request."""
        answer = Answer()
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "http_version": version,
            "headers": list(headers),
            "client": client,
        }
        await self._app(scope, _no_body, answer.hear)
        return answer


class Answer:
    """What came back for one request."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""

    async def hear(self, message: Message) -> None:
        """One message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = dict(message["headers"])
        else:
            self.body += message.get("body", b"")


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
