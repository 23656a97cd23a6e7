"""A saturated service: wrk on kept connections, and probes as the kubelet sends them."""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need, need_driver

ROOT = Path(__file__).parents[3]
_APP = "tests.real.starvation.service:app"
_PATIENCE_SECONDS = 60.0
_ESTABLISHED = "01"


class Service(NamedTuple):
    """One that runs: its own port, and that of its side listener."""

    port: int
    side_port: int


@contextmanager
def idle(loop: str) -> Iterator[Service]:
    """uvicorn on this loop, without clients."""
    need_driver("uvicorn")
    port, side_port = free_port(), free_port()
    command = [
        sys.executable, "-m", "uvicorn", _APP, "--port", str(port), "--loop", loop,
        "--log-level", "error", "--no-access-log",
    ]  # fmt: skip
    environment = {**os.environ, "SIDE_PORT": str(side_port), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as service:
        try:
            _until(lambda: probe(side_port) is not None and probe(port) is not None)
            yield Service(port, side_port)
        finally:
            service.kill()


@contextmanager
def busy(loop: str, connections: int) -> Iterator[Service]:
    """The same, with so many clients that never pause."""
    wrk = need("wrk", "wrk")
    with idle(loop) as service:
        url = f"http://{LOOPBACK}:{service.port}/"
        load = [wrk, "-t1", f"-c{connections}", "-d300s", url]
        with subprocess.Popen(load, stdout=subprocess.DEVNULL) as clients:
            try:
                _until(lambda: established(service.port) >= connections)
                yield service
            finally:
                clients.kill()


def probe(port: int, timeout: float = 30.0) -> float | None:
    """Seconds until /healthz was answered with 200 on a new connection; None where it was not."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout)
    with closing(connection), suppress(OSError):
        connection.request("GET", "/healthz")
        with connection.getresponse() as response:
            if response.status == 200:
                return time.monotonic() - began
    return None


class Probes:
    """Probes of one port, one after the other, on a thread of their own."""

    def __init__(self, port: int, pause: float) -> None:
        """Begin."""
        self.seconds: list[float | None] = []
        self._port, self._pause = port, pause
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more probe after the one that runs."""
        self._stopped.set()
        self._thread.join(_PATIENCE_SECONDS)

    def _run(self) -> None:
        while not self._stopped.wait(self._pause):
            self.seconds.append(probe(self._port))


def established(port: int) -> int:
    """Connections to this port, accepted by the service or waiting for it (proc(5), net/tcp)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    local = f":{port:04X}"
    return sum(row[1].endswith(local) and row[3] == _ESTABLISHED for row in rows)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("the service, or its load, does not begin")
        time.sleep(0.02)
