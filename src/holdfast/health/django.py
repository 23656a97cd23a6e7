"""Health endpoints as a middleware of a Django project, for both kinds of servers.

    MIDDLEWARE = ["holdfast.health.django.HealthMiddleware", ...]   # first: no session, no database
    HOLDFAST_HEALTH = "shop.health.health"                          # where the Health is

Before all other middleware, so that a probe costs none of it, and ALLOWED_HOSTS does not refuse
the kubelet, which calls by address. Imported only by a Django project.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpResponse
from django.utils.module_loading import import_string

from holdfast.health.answers import DETAIL, NOT_ALLOWED, Answer, Endpoint
from holdfast.health.errors import HealthError
from holdfast.health.health import Health


class HealthMiddleware:
    """Answers the health paths; everything else goes on."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        """Raises HealthError when the settings name no Health."""
        self._get_response = get_response
        self._health = _find_health()
        self._asynchronous = iscoroutinefunction(get_response)
        self._endpoints = self._health.endpoints(self._health.paths(), on_loop=self._asynchronous)
        if self._asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        """One request: a response, or something to await for it."""
        return self._call_async(request) if self._asynchronous else self._call(request)

    def _call(self, request: Any) -> Any:
        self._health.begin(None)
        endpoint = self._endpoints.get(request.path)
        if endpoint is None:
            return self._get_response(request)
        if self._health.on_demand:
            self._health.sample_blocking()
        return self._respond(endpoint, request)

    async def _call_async(self, request: Any) -> Any:
        self._health.begin(asyncio.get_running_loop())
        endpoint = self._endpoints.get(request.path)
        if endpoint is None:
            return await self._get_response(request)
        if self._health.on_demand:
            await self._health.sample()
        return self._respond(endpoint, request)

    def _respond(self, endpoint: Endpoint, request: Any) -> HttpResponse:
        answer = self._answer(endpoint, request)
        response = HttpResponse(answer.body, status=answer.status)
        for name, value in answer.headers:
            response[name.decode()] = value.decode()
        return response

    def _answer(self, endpoint: Endpoint, request: Any) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return NOT_ALLOWED
        authorization = request.META.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace")
        peer = request.META.get("REMOTE_ADDR") or ""
        if endpoint.kind == DETAIL and self._health.may_see(authorization, peer):
            return endpoint.detail(monotonic())
        return endpoint.answer(monotonic())


def _find_health() -> Health:
    path = getattr(settings, "HOLDFAST_HEALTH", None)
    found = import_string(path) if isinstance(path, str) else path
    if not isinstance(found, Health):
        raise HealthError(
            "HOLDFAST_HEALTH in Django's settings",
            f"{path!r}; expected the dotted path of a Health",
            'set HOLDFAST_HEALTH = "project.module.health"',
        )
    return found
