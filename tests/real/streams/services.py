"""A service with what holds a stop: streams, WebSockets, slow starts; once for each kind of server.

Started by servers as `tests.real.streams.services:asgi` and so on. /events ends with the drain,
/rude does not; STARTUP_SECONDS is how long the application takes to start.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from holdfast.life import Life

STARTUP_SECONDS = float(os.environ.get("STARTUP_SECONDS", "0"))
EVENT = b"data: tick\n\n"
_PAUSE_SECONDS = 0.05

life = Life(drain=0.5, in_flight=4, forced=4)
life.stop("pool", lambda: print("pool closed", flush=True))


async def _ticks() -> AsyncIterator[bytes]:
    while True:
        yield EVENT
        await asyncio.sleep(_PAUSE_SECONDS)


def _events(path: str) -> AsyncIterator[bytes]:
    return _ticks() if path == "/rude" else life.until_drain(_ticks())


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        print("starting", flush=True)
        await asyncio.sleep(STARTUP_SECONDS)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
    elif scope["path"] in ("/events", "/rude"):
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async for event in _events(scope["path"]):
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    else:
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


asgi: Any = life.asgi(_app)


def sanic() -> Any:
    """Sanic's application, made by the factory that its command line calls."""
    from sanic import Sanic
    from sanic.response import text

    app = Sanic("streams")

    async def index(request: Any) -> Any:
        return text("ok")

    async def stream(request: Any) -> None:
        response = await request.respond(content_type="text/event-stream")
        async for event in _events(request.path):
            await response.send(event)
        await response.eof()

    async def socket(request: Any, ws: Any) -> None:
        with suppress(Exception):
            while await ws.recv() is not None:
                pass

    async def start(app: Any) -> None:
        print("starting", flush=True)
        await asyncio.sleep(STARTUP_SECONDS)

    app.add_route(index, "/")
    app.add_route(stream, "/events", name="events")
    app.add_route(stream, "/rude", name="rude")
    app.add_websocket_route(socket, "/socket")
    app.register_listener(start, "before_server_start")
    return life.sanic(app)


def main() -> None:
    """aiohttp's own server, on the port of PORT."""
    from aiohttp import web

    async def index(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        async for event in _events(request.path):
            await response.write(event)
        await response.write_eof()
        return response

    async def socket(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        async for _ in response:
            pass
        return response

    async def start(app: web.Application) -> None:
        print("starting", flush=True)
        await asyncio.sleep(STARTUP_SECONDS)

    app = web.Application()
    app.router.add_get("/", index)
    app.router.add_get("/events", stream)
    app.router.add_get("/rude", stream)
    app.router.add_get("/socket", socket)
    app.on_startup.append(start)
    life.aiohttp(app)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)


if __name__ == "__main__":
    main()
