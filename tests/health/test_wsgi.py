"""The endpoints in front of a WSGI application: how a service begins there."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from tests.dependencies.peers import LOOPBACK, listener
from tests.health.checked import check

from holdfast.health import Health, HealthError


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """An application of its own."""
    start_response("200 OK", [])
    return [b"the application"]


def get(served: Callable[..., Iterable[bytes]], path: str) -> tuple[str, bytes]:
    """One request: status line and body."""
    statuses: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        statuses.append(status)

    body = b"".join(served({"REQUEST_METHOD": "GET", "PATH_INFO": path}, start_response))
    return statuses[0], body


def test_first_requests_of_many_threads_begin_once() -> None:
    """A worker with threads hears several first requests: one listener, and one that samples."""
    health = Health(listen=f"{LOOPBACK}:0")
    before = set(threading.enumerate())
    served = health.wsgi(app)
    start = threading.Barrier(16)
    answers: list[tuple[str, bytes]] = []

    def first() -> None:
        start.wait()
        answers.append(get(served, "/healthz"))

    threads = [threading.Thread(target=first) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ours = sorted(thread.name for thread in set(threading.enumerate()) - before)
    health.end()

    assert set(answers) == {("200 OK", b"ok")}
    assert ours == ["holdfast health", "holdfast probes"]


def test_port_that_is_taken_is_told_each_time() -> None:
    """A service that served on without its listener would be restarted for no reason it tells."""
    with listener() as taken:
        health = Health(listen=f"{LOOPBACK}:{taken.getsockname()[1]}")
        health.add(check())
        served = health.wsgi(app)
        for _ in range(2):
            with pytest.raises(HealthError, match="choose another port"):
                get(served, "/")
