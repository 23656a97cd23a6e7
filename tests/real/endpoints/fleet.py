"""The servers in front of which the endpoints are asked, one for each adapter and server loop."""

import sys
from typing import NamedTuple

_HERE = "tests.real.endpoints"


class Server(NamedTuple):
    """One way to serve: a shell command that finds its port in $PORT."""

    name: str
    package: str
    command: str
    interface: str = ""
    alone: bool = False
    """Whether a Life holds its drain without `holdfast run`."""

    @property
    def refuses_hosts(self) -> bool:
        """Whether the application answers only those who call it by its name."""
        return "django_service" in self.command

    @property
    def passes_connection_on(self) -> bool:
        """Whether responses keep a Connection header: gunicorn's WSGI workers drop it."""
        return "gthread" not in self.command


def _python(words: str) -> str:
    return f"exec {sys.executable} -m {words}"


_GUNICORN = _python("gunicorn --log-level error -b 127.0.0.1:$PORT")
_UVICORN = _python("uvicorn --log-level warning --port $PORT")
SERVERS = (
    Server("uvicorn", "uvicorn", f"{_UVICORN} {_HERE}.asgi_service:app", alone=True),
    Server("hypercorn", "hypercorn", _python(
        f"hypercorn --log-level error -w 0 -b 127.0.0.1:$PORT {_HERE}.asgi_service:app"
    )),
    Server("granian", "granian", _python(
        f"granian --interface asgi --no-log --port $PORT {_HERE}.asgi_service:app"
    )),
    Server("gunicorn WSGI", "gunicorn", (
        f"{_GUNICORN} -k gthread --threads 8 {_HERE}.wsgi_service:app"
    )),
    Server("aiohttp", "aiohttp", _python(f"{_HERE}.aiohttp_service"), alone=True),
    Server("gunicorn aiohttp", "gunicorn", (
        f"{_GUNICORN} -k aiohttp.GunicornWebWorker {_HERE}.aiohttp_service:app"
    )),
    Server("gunicorn Django", "django", (
        f"{_GUNICORN} -k gthread --threads 8 {_HERE}.django_service:app"
    )),
    Server("uvicorn Django", "django", (
        f"{_UVICORN} --lifespan off {_HERE}.django_service:app"
    ), interface="asgi"),
    Server("gunicorn uvicorn Django", "uvicorn_worker", (
        f"{_GUNICORN} -k uvicorn_worker.UvicornWorker {_HERE}.django_service:app"
    ), interface="asgi"),
    Server("sanic", "sanic", _python(
        f"sanic {_HERE}.sanic_service:make --factory --host 127.0.0.1 --port $PORT "
        "--single-process --no-motd --no-access-logs"
    ), alone=True),
)  # fmt: skip
