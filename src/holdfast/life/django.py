"""A Django project under a Life, where its application object cannot be wrapped.

    MIDDLEWARE = ["holdfast.life.django.LifeMiddleware", ...]     # first of all
    HOLDFAST_LIFE = "shop.life.life"                              # where the Life is

Wrapping the application in asgi.py or wsgi.py (`application = life.asgi(get_asgi_application())`)
does more, because it sees the lifespan and streamed bodies; use one of the two, never both.
Imported only by a Django project.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.utils.module_loading import import_string

from holdfast.life.flights import Flight
from holdfast.life.life import Life
from holdfast.life.settings import LifeError


class LifeMiddleware:
    """Counts requests and says `Connection: close` while the service drains."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        """Raises LifeError when the settings name no Life."""
        self._get_response = get_response
        self._life = _find_life()
        self._asynchronous = iscoroutinefunction(get_response)
        if self._asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        """One request: a response, or something to await for it."""
        return self._call_async(request) if self._asynchronous else self._call(request)

    def _call(self, request: Any) -> Any:
        number = self._enter(request.path, None)
        try:
            return self._closing(self._get_response(request))
        finally:
            self._life.flights.leave(number)

    async def _call_async(self, request: Any) -> Any:
        number = self._enter(request.path, asyncio.get_running_loop())
        try:
            return self._closing(await cast("Awaitable[Any]", self._get_response(request)))
        finally:
            self._life.flights.leave(number)

    def _enter(self, path: str, loop: asyncio.AbstractEventLoop | None) -> int:
        life = self._life
        if not life.begun:
            life.begin(loop)
            life.mark_ready()
        if life.draining and path not in life.quiet_paths:
            life.page.mark_request(monotonic())
        return life.flights.enter(Flight(path))

    def _closing(self, response: Any) -> Any:
        if self._life.draining:
            response["Connection"] = "close"
        return response


def _find_life() -> Life:
    path = getattr(settings, "HOLDFAST_LIFE", None)
    found = import_string(path) if isinstance(path, str) else path
    if not isinstance(found, Life):
        raise LifeError(
            "HOLDFAST_LIFE in Django's settings",
            f"{path!r}; expected the dotted path of a Life",
            'set HOLDFAST_LIFE = "project.module.life"',
        )
    return found
