"""The servers of docs/specs/service.md section 9, as they are started in an image.

Limits of their own are set above the phases of the stop, as 9.6 demands: a server that cuts
requests after 3 s, or waits for ever, cannot be mended from outside.
"""

import sys
from typing import NamedTuple

_ASGI = "tests.real.zero_loss.services:asgi"
_WSGI = "tests.real.zero_loss.wsgi_service:wsgi"
_SANIC = "tests.real.zero_loss.services:sanic"


class Fleet(NamedTuple):
    """One way to serve. `alone`: whether a Life can hold it without `holdfast run`."""

    name: str
    package: str
    command: tuple[str, ...]
    alone: bool = False


def _python(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *words)


_UVICORN = _python("uvicorn", _ASGI, "--port", "{port}", "--log-level", "warning")
_GRANIAN = _python(
    "granian", "--interface", "asgi", "--port", "{port}", "--workers-kill-timeout", "40",
    "--no-log", _ASGI,
)  # fmt: skip
_HYPERCORN = _python(
    "hypercorn", "-b", "127.0.0.1:{port}", "--graceful-timeout", "40", "--log-level", "error", _ASGI
)
_GUNICORN = _python(
    "gunicorn", "-b", "127.0.0.1:{port}", "--graceful-timeout", "40", "--log-level", "error"
)
_SANIC_COMMAND = (
    sys.executable, "-m", "sanic", _SANIC, "--factory", "--host", "127.0.0.1", "--port", "{port}",
    "--no-motd", "--no-access-logs",
)  # fmt: skip

FLEETS = (
    Fleet("uvicorn", "uvicorn", _UVICORN, alone=True),
    Fleet("uvicorn h11", "uvicorn", (*_UVICORN, "--http", "h11", "--loop", "asyncio"), alone=True),
    Fleet("uvicorn, 2 workers", "uvicorn", (*_UVICORN, "--workers", "2"), alone=True),
    Fleet("granian", "granian", _GRANIAN),
    Fleet("granian, 2 workers", "granian", (*_GRANIAN, "--workers", "2")),
    Fleet("hypercorn", "hypercorn", _HYPERCORN),
    Fleet("hypercorn -w 0", "hypercorn", (*_HYPERCORN, "-w", "0")),
    Fleet(
        "gunicorn, uvicorn worker",
        "gunicorn",
        (*_GUNICORN, "-k", "uvicorn_worker.UvicornWorker", _ASGI),
        alone=True,
    ),
    Fleet("gunicorn -k asgi", "gunicorn", (*_GUNICORN, "-k", "asgi", _ASGI)),
    Fleet("gunicorn WSGI", "gunicorn", (*_GUNICORN, "-k", "gthread", "--threads", "64", _WSGI)),
    Fleet("aiohttp", "aiohttp", _python("tests.real.zero_loss.services"), alone=True),
    Fleet("sanic, one process", "sanic", (*_SANIC_COMMAND, "--single-process"), alone=True),
    Fleet("sanic", "sanic", _SANIC_COMMAND),
)
