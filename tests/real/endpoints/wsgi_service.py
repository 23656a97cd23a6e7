"""The service as a WSGI application."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.real.endpoints.shop import BODY, health, life


def _app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", str(len(BODY)))])
    return [BODY]


app: Any = life.wsgi(health.wsgi(_app))
