"""Health endpoints as routes of an aiohttp application.

Imported only for an aiohttp application. Rules: public names of aiohttp only.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from aiohttp import web

from holdfast.health.answers import DETAIL, Endpoint

if TYPE_CHECKING:
    from holdfast.health.health import Health

Handler = Callable[[web.Request], Awaitable[web.Response]]


def attach(app: Any, health: "Health", endpoints: Mapping[str, Endpoint]) -> Any:
    """The same application with a route per path; checks run while it does."""

    async def begin(app: web.Application) -> None:
        del app
        health.begin(asyncio.get_running_loop())

    async def pause(app: web.Application) -> None:
        del app
        health.pause()

    async def end(app: web.Application) -> None:
        del app
        health.end()

    for path, endpoint in endpoints.items():
        app.router.add_get(path, _handler(health, endpoint))
    app.on_startup.insert(0, begin)
    app.on_cleanup.insert(0, pause)
    app.on_cleanup.append(end)
    return app


def _handler(health: "Health", endpoint: Endpoint) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        if health.on_demand:
            await health.sample()
        authorization = request.headers.get("Authorization", "").encode("latin-1", "replace")
        if endpoint.kind == DETAIL and health.may_see(authorization, request.remote or ""):
            answer = endpoint.detail(monotonic())
        else:
            answer = endpoint.answer(monotonic())
        headers = {name.decode(): value.decode() for name, value in answer.headers}
        return web.Response(status=answer.status, headers=headers, body=answer.body)

    return handle
