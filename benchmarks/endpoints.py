"""Health endpoints to measure beside each other: each function makes an ASGI application.

`n checks` are trivial asynchronous checks in memory, so that what is measured is the library alone.
"""

import asyncio
from collections.abc import Callable
from typing import Any

_CHECKS = ("postgres", "redis", "kafka", "mail")
_BODY = b"ok"
_HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(_BODY))]
PATH = "/readyz"
"""Where all of them answer."""


async def _raw(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
    await send({"type": "http.response.body", "body": _BODY})


def raw() -> Any:
    """ASGI without anything: what a server itself costs."""
    return _raw


def starlette() -> Any:
    """One route that answers a constant."""
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def answer(request: Any) -> PlainTextResponse:
        return PlainTextResponse(_BODY)

    return Starlette(routes=[Route(PATH, answer)])


def fastapi() -> Any:
    """One route that answers a constant."""
    from fastapi import FastAPI

    app = FastAPI()

    @app.get(PATH)
    async def answer() -> dict[str, str]:
        return {"status": "ok"}

    return app


def holdfast() -> Any:
    """Four checks, sampled in the background."""
    return _health(refresh=5).mount(_raw, ready=PATH)


def holdfast_with_life() -> Any:
    """The same under a Life."""
    from holdfast.life import Life

    life = Life()
    return life.asgi(_health(life, refresh=5).mount(_raw, ready=PATH))


def holdfast_on_demand() -> Any:
    """Four checks, run for each probe; probes at the same time share a run."""
    return _health(refresh=None).mount(_raw, ready=PATH)


def holdfast_detail() -> Any:
    """Four checks, and everything that is known of them in each answer."""
    return _health(refresh=5, detail_on_loopback=True).mount(_raw, ready=None, detail=PATH)


def _health(life: Any = None, **settings: Any) -> Any:
    from holdfast.health import Health

    health = Health(life, **settings)
    for name in _CHECKS:
        health.check(name=name, on_fail="unready")(_function(name))
    return health


def fastapi_health() -> Any:
    """fastapi-health: four conditions, one after the other."""
    from fastapi import FastAPI
    from fastapi_health import health

    app = FastAPI()
    app.add_api_route(PATH, health([_function(name) for name in _CHECKS]))
    return app


def fastapi_healthchecks() -> Any:
    """fastapi-healthchecks: four checks."""
    from fastapi import FastAPI
    from fastapi_healthchecks.api.router import HealthcheckRouter, Probe
    from fastapi_healthchecks.checks import Check, CheckResult

    class Passing(Check):  # type: ignore[misc]
        def __init__(self, name: str) -> None:
            self._name = name

        async def __call__(self) -> CheckResult:
            return CheckResult(name=self._name, passed=True)

    app = FastAPI()
    router = HealthcheckRouter(Probe(name="readyz", checks=[Passing(name) for name in _CHECKS]))
    app.include_router(router)
    return app


def fast_healthchecks() -> Any:
    """fast-healthchecks: four functions."""
    from fast_healthchecks.checks.function import FunctionHealthCheck
    from fast_healthchecks.execution import Probe
    from fast_healthchecks.integrations.base import build_probe_route_options
    from fast_healthchecks.integrations.fastapi import HealthcheckRouter
    from fastapi import FastAPI

    checks = [FunctionHealthCheck(func=_function(name), name=name) for name in _CHECKS]
    app = FastAPI()
    options = build_probe_route_options(prefix="", success_status=200)
    app.include_router(HealthcheckRouter(Probe(name="readyz", checks=checks), options=options))
    return app


def django_view() -> Any:
    """Django: one asynchronous view that answers a constant."""
    from django.http import HttpResponse

    async def answer(request: Any) -> HttpResponse:
        return HttpResponse(_BODY)

    return _django(lambda: answer)


def django_health_check() -> Any:
    """django-health-check: four checks."""

    def view() -> Any:
        from health_check.base import HealthCheck
        from health_check.views import HealthCheckView

        class Passing(HealthCheck):  # type: ignore[misc]
            async def run(self) -> None:
                await asyncio.sleep(0)

        kinds = [type(name, (Passing,), {}) for name in _CHECKS]
        return HealthCheckView.as_view(checks=kinds)

    return _django(view)


def holdfast_in_django() -> Any:
    """Four checks, sampled in the background, as Django's first middleware."""
    middleware = "holdfast.health.django.HealthMiddleware"
    return _django(None, HOLDFAST_HEALTH=_health(refresh=5), MIDDLEWARE=[middleware])


def _django(view: Callable[[], Any] | None, **more: Any) -> Any:
    import django
    from django.conf import settings
    from django.core.handlers.asgi import ASGIHandler
    from django.urls import path

    settings.configure(SECRET_KEY="of a benchmark", ALLOWED_HOSTS=["*"], **more)
    django.setup()
    # A tuple of routes, where a project names its module.
    settings.ROOT_URLCONF = (path(PATH.lstrip("/"), view()),) if view is not None else ()
    return ASGIHandler()


def _function(name: str) -> Callable[[], Any]:
    async def passing() -> bool:
        await asyncio.sleep(0)
        return True

    passing.__name__ = name
    return passing
