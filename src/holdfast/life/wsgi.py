"""Any WSGI application under a Life.

Rules: WSGI has no lifespan: the life begins where the application is wrapped if that is the main
thread of a process that handles SIGTERM already (a worker of gunicorn), else with the first
request; the stop phases run when the process ends. `Connection: close` is added for servers that
pass it on. gunicorn's WSGI workers drop it, and lose nothing on kept connections (service.md 9.3).
"""

import atexit
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

from holdfast.life.flights import Flight

if TYPE_CHECKING:
    from holdfast.life.life import Life

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]


class WsgiLife:
    """The application, wrapped."""

    def __init__(self, app: WsgiApp, life: "Life") -> None:
        """Wrap, and begin if this is a worker that can be asked to stop."""
        self._app = app
        self._life = life
        self._page = life.page.raw
        main = threading.current_thread() is threading.main_thread()
        if main and callable(signal.getsignal(signal.SIGTERM)):
            self._begin()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        life = self._life
        if not life.begun:
            self._begin()
        path = environ.get("PATH_INFO", "/")
        if self._page[0] and path not in life.quiet_paths:
            life.page.mark_request(monotonic())
        number = life.flights.enter(Flight(path))
        try:
            body = self._app(environ, self._closing(environ, start_response))
        except BaseException:
            life.flights.leave(number)
            raise
        return _Body(body, lambda: life.flights.leave(number))

    def _begin(self) -> None:
        life = self._life
        life.begin(None, ends_main_thread=True)
        life.mark_ready()
        atexit.register(_finish, life)

    def _closing(self, environ: Environ, start_response: StartResponse) -> StartResponse:
        page = self._page

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if page[0] and environ.get("SERVER_PROTOCOL", "HTTP/1.1").startswith("HTTP/1"):
                kept = [pair for pair in headers if pair[0].lower() != "connection"]
                headers = [*kept, ("Connection", "close")]
            return start_response(status, headers, *rest)

        return start


class _Body:
    """The body of a response; the request ends when the server has closed it (PEP 3333)."""

    def __init__(self, body: Iterable[bytes], leave: Callable[[], None]) -> None:
        self._body = body
        self._leave: Callable[[], None] | None = leave

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """Called by the server, whatever happened."""
        leave, self._leave = self._leave, None
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            if leave is not None:
                leave()


def _finish(life: "Life") -> None:
    """At the end of the process: the stop phases, within their budgets."""
    if life.begun:
        life.server_stopped()
        life.wait_released()
        life.end()
