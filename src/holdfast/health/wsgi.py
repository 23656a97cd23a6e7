"""Health endpoints in front of a WSGI application.

Rules: the checks run on a daemon thread of their own, which begins with the first request of a
worker: forked workers must not share it. What is no health path reaches the application untouched.
"""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any

from holdfast.health.answers import DETAIL, NOT_ALLOWED, Answer, Endpoint

if TYPE_CHECKING:
    from holdfast.health.health import Health

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]


class WsgiHealth:
    """The application with its endpoints."""

    def __init__(self, health: "Health", app: WsgiApp, endpoints: Mapping[str, Endpoint]) -> None:
        """`endpoints`: by path."""
        self._health = health
        self._app = app
        self._endpoints = endpoints

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        self._health.begin(None)
        endpoint = self._endpoints.get(environ.get("PATH_INFO", ""))
        if endpoint is None:
            return self._app(environ, start_response)
        method = environ["REQUEST_METHOD"]
        answer = self._answer(endpoint, method, environ)
        phrase = HTTPStatus(answer.status).phrase
        headers = [(name.decode(), value.decode()) for name, value in answer.headers]
        start_response(f"{answer.status} {phrase}", headers)
        return [b""] if method == "HEAD" else [answer.body]

    def _answer(self, endpoint: Endpoint, method: str, environ: Environ) -> Answer:
        if method not in ("GET", "HEAD"):
            return NOT_ALLOWED
        if self._health.on_demand:
            self._health.sample_blocking()
        authorization = environ.get("HTTP_AUTHORIZATION", "").encode("latin-1")
        if endpoint.kind == DETAIL and self._health.may_see(
            authorization, environ.get("REMOTE_ADDR", "")
        ):
            return endpoint.detail(monotonic())
        return endpoint.answer(monotonic())
