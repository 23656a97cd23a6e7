"""The service as a Sanic application, made by the factory that its command line calls."""

from typing import Any

from tests.real.endpoints.shop import BODY, health, life


def make() -> Any:
    """The application."""
    from sanic import Sanic
    from sanic.response import raw

    app = Sanic("endpoints")

    async def serve(request: Any) -> Any:
        return raw(BODY)

    app.add_route(serve, "/")
    return life.sanic(health.sanic(app))
