"""What holds the stop of a real server: event streams, WebSockets, half a request, a slow start.

Without holdfast most of these end in SIGKILL, or the start is run to its end first (service.md 9.4,
9.5). Here each server runs under `holdfast run` with short budgets.
"""

import shlex
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.dependencies.peers import LOOPBACK
from tests.real.examples.service import Service, started
from tests.real.programs import need_driver
from tests.real.streams.services import EVENT
from tests.real.zero_loss.fleet import FLEETS, Fleet
from tests.run.container import HOLDFAST

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[3]
# gunicorn's WSGI worker knows neither streams that wait nor WebSockets. Sanic's main process may
# end with 1 when the stop signal reaches the helper that multiprocessing starts beside it.
STREAMING = [fleet for fleet in FLEETS if fleet.name not in ("gunicorn WSGI", "sanic")]
every_server = pytest.mark.parametrize("fleet", STREAMING, ids=lambda fleet: fleet.name)
NORMAL, RESTART = 1000, 1012
# A worker of granian hears of the stop twice, by its process group and by granian's main process.
# When the second signal comes while it handles the first, before it serves, it stands still with
# the interpreter's lock (granian 2.8, WorkerSignal.set), and the supervisor ends it in time.
KILLED = 137


@contextmanager
def running(fleet: Fleet, directory: Path, **environment: str) -> Iterator[Service]:
    """The service behind this server, from the first moment of its process."""
    need_driver(fleet.package)
    words = [word.replace("zero_loss", "streams").format(port="$PORT") for word in fleet.command]
    line = " ".join(word if "$" in word else shlex.quote(word) for word in words)
    flags = ["--drain", "500ms", "--in-flight", "4s", "--forced", "4s"]
    variables = {"PYTHONPATH": str(ROOT), "SANIC_IGNORE_PRODUCTION_WARNING": "true", **environment}
    command = [*HOLDFAST, *flags, "--", "sh", "-c", f"exec {line}"]
    with started(command, directory, (), **variables) as service:
        yield service


@contextmanager
def serving(fleet: Fleet, directory: Path) -> Iterator[Service]:
    """The same, when it answers."""
    with running(fleet, directory) as service:
        service.assert_soon(lambda: service.get("/").status == 200, "the server")
        yield service


@every_server
def test_event_streams_end_with_the_drain(fleet: Fleet, tmp_path: Path) -> None:
    """The client reads a whole response, resources are released, and the exit is clean."""
    with serving(fleet, tmp_path) as service:
        url = f"http://{LOOPBACK}:{service.port}/events"
        with urllib.request.urlopen(url, timeout=30) as stream:
            first = stream.readline()
            service.term()
            # http.client raises for a response that is cut off.
            rest = stream.read()
        code = service.wait()

    assert (first + rest).replace(EVENT, b"") == b""
    assert "pool closed" in service.log
    assert code == 0, service.log


@every_server
def test_streams_that_do_not_listen_are_cut(fleet: Fleet, tmp_path: Path) -> None:
    """At the end of the wait; resources are released all the same, within the budget."""
    with serving(fleet, tmp_path) as service:
        url = f"http://{LOOPBACK}:{service.port}/rude"
        with urllib.request.urlopen(url, timeout=30) as stream:
            first = stream.readline()
            service.term()
            code = service.wait()

    assert first == b"data: tick\n"
    assert "pool closed" in service.log
    assert code == 0, service.log


@every_server
def test_idle_websockets_are_told_to_come_again(fleet: Fleet, tmp_path: Path) -> None:
    """Close code 1012, and a clean exit at once; Sanic closes them itself, with 1000."""
    need_driver("websockets")
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    with serving(fleet, tmp_path) as service:
        with connect(f"ws://{LOOPBACK}:{service.port}/socket") as talk:
            service.term()
            with pytest.raises(ConnectionClosed) as closed:
                talk.recv(timeout=30)
        code = service.wait()

    assert closed.value.rcvd is not None, service.log
    assert closed.value.rcvd.code == (NORMAL if fleet.package == "sanic" else RESTART)
    assert code == 0, service.log


@every_server
def test_half_a_request_does_not_hold_the_stop(fleet: Fleet, tmp_path: Path) -> None:
    """A client that never ends its header is no request in flight."""
    with (
        serving(fleet, tmp_path) as service,
        socket.create_connection((LOOPBACK, service.port)) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nhost: shop\r\n")
        service.term()
        code = service.wait()

    assert "pool closed" in service.log
    assert code == 0, service.log


@every_server
def test_stop_during_a_start_cancels_it(fleet: Fleet, tmp_path: Path) -> None:
    """Nine of ten servers run a start of ten minutes to its end first (F8)."""
    with running(fleet, tmp_path, STARTUP_SECONDS="600") as service:
        service.assert_soon(lambda: "starting" in service.log, "the start")
        service.term()
        code = service.wait()

    assert code in ((0, KILLED) if fleet.package == "granian" else (0,)), service.log
