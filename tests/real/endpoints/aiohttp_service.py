"""The service as an aiohttp application: `app` for gunicorn, or its own server on PORT."""

import os

from aiohttp import web
from tests.real.endpoints.shop import BODY, health, life


async def _serve(request: web.Request) -> web.Response:
    return web.Response(body=BODY)


app = web.Application()
app.router.add_get("/", _serve)
life.aiohttp(health.aiohttp(app))

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
