"""Health endpoints as routes of a Sanic application.

Imported only for a Sanic application. Rules: public names of Sanic only; the checks begin in the
worker, never in Sanic's main process.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from sanic import response as responses

from holdfast.health.answers import DETAIL, Endpoint

if TYPE_CHECKING:
    from holdfast.health.health import Health


def attach(app: Any, health: "Health", endpoints: Mapping[str, Endpoint]) -> Any:
    """The same application with a route per path; checks run while it does."""

    async def begin(app: Any) -> None:
        del app
        health.begin(asyncio.get_running_loop())

    async def pause(app: Any) -> None:
        del app
        health.pause()

    async def end(app: Any) -> None:
        del app
        health.end()

    for path, endpoint in endpoints.items():
        name = f"holdfast_{path.strip('/').replace('/', '_')}"
        app.add_route(_handler(health, endpoint), path, methods=["GET", "HEAD"], name=name)
    app.register_listener(begin, "before_server_start")
    app.register_listener(pause, "before_server_stop")
    app.register_listener(end, "after_server_stop")
    return app


def _handler(health: "Health", endpoint: Endpoint) -> Callable[[Any], Awaitable[Any]]:
    async def handle(request: Any) -> Any:
        if health.on_demand:
            await health.sample()
        authorization = request.headers.get("authorization", "").encode("latin-1", "replace")
        if endpoint.kind == DETAIL and health.may_see(authorization, request.ip):
            answer = endpoint.detail(monotonic())
        else:
            answer = endpoint.answer(monotonic())
        headers = {name.decode(): value.decode() for name, value in answer.headers}
        kind = headers.pop("content-type")
        del headers["content-length"]
        return responses.raw(answer.body, answer.status, headers, content_type=kind)

    return handle
