"""The service of the matrix, once for each kind of server; with HELD=1 it has a Life.

Started by servers as `tests.real.zero_loss.services:asgi` and so on; wsgi_service.py is the same
for WSGI, which begins its Life when it is imported. `HANDLER_SECONDS` is how long
a request takes, `DRAIN` the window of the Life.
"""

import asyncio
import os
from typing import Any

from holdfast.life import Life

SECONDS = float(os.environ.get("HANDLER_SECONDS", "0.2"))
HELD = os.environ.get("HELD") == "1"
BODY = b"served"
HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(BODY))]


def life() -> Life:
    """With the window that the matrix asks for."""
    return Life(drain=os.environ.get("DRAIN", "1.5"))


async def _asgi(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await asyncio.sleep(SECONDS)
    await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
    await send({"type": "http.response.body", "body": BODY})


asgi: Any = life().asgi(_asgi) if HELD else _asgi


def sanic() -> Any:
    """Sanic's application, made by the factory that its command line calls."""
    from sanic import Sanic
    from sanic.response import text

    app = Sanic("zero_loss")

    async def serve(request: Any) -> Any:
        await asyncio.sleep(SECONDS)
        return text(BODY.decode())

    app.add_route(serve, "/")
    return life().sanic(app) if HELD else app


def main() -> None:
    """aiohttp's own server, on the port of PORT."""
    from aiohttp import web

    async def serve(request: web.Request) -> web.Response:
        await asyncio.sleep(SECONDS)
        return web.Response(text=BODY.decode())

    app = web.Application()
    app.router.add_get("/", serve)
    if HELD:
        life().aiohttp(app)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)


if __name__ == "__main__":
    main()
