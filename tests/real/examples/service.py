"""An example service as a process: its two ports, its answers, its end."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from tests.dependencies.peers import LOOPBACK, free_port

from holdfast.run.processes import descendants

_PATIENCE_SECONDS = 30.0
NO_ANSWER = 0


class Answer(NamedTuple):
    """A status and a body; NO_ANSWER where nobody answered in time."""

    status: int
    body: str


class Service:
    """One process of an example."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, port: int, private: int):
        """`private` is the port of faults and profiles."""
        self.process = process
        self.port = port
        self._log = log
        self._private = private

    @property
    def log(self) -> str:
        """What it wrote, on both streams."""
        return self._log.read_text(errors="replace")

    def get(self, path: str, timeout: float = 5.0) -> Answer:
        """Ask the public port."""
        return _ask("GET", self.port, path, timeout)

    def get_from(self, port: int, path: str) -> Answer:
        """Ask another port."""
        return _ask("GET", port, path, 5.0)

    def get_private(self, path: str) -> Answer:
        """Ask the private port."""
        return _ask("GET", self._private, path, 10.0)

    def create(self) -> Answer:
        """Create an order."""
        return _ask("POST", self.port, "/orders", 5.0, {"item": "rope", "quantity": 2})

    def switch(self, fault: str, value: str = "") -> None:
        """Switch a fault on while the service runs."""
        answer = _ask("POST", self._private, f"/faults/{fault}?value={value}", 5.0)
        assert answer.status == 204, answer

    def assert_soon(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something that must come before long."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not come\n{self.log[-3000:]}"
            time.sleep(0.02)

    def until_ready(self) -> None:
        """Wait until traffic may be sent."""
        self.assert_soon(lambda: self.get("/readyz").status == 200, "readiness")

    def until_live(self) -> None:
        """Wait until it listens."""
        self.assert_soon(lambda: self.get("/healthz").status == 200, "liveness")

    def term(self) -> None:
        """What the kubelet's runtime sends first."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """The exit code, minus the number of a signal."""
        return self.process.wait(_PATIENCE_SECONDS)

    def resident_bytes(self) -> int:
        """Memory of all its processes."""
        statuses = [self._read(pid, "status") for pid in self._pids()]
        return sum(
            int(s.partition("VmRSS:")[2].split()[0]) * 1024 for s in statuses if "VmRSS" in s
        )

    def cpu_seconds(self) -> float:
        """CPU that all its processes have used so far."""
        stats = [self._read(pid, "stat").rpartition(")")[2].split() for pid in self._pids()]
        ticks = sum(int(fields[11]) + int(fields[12]) for fields in stats if fields)
        return ticks / os.sysconf("SC_CLK_TCK")

    def _pids(self) -> list[int]:
        return [self.process.pid, *(descendants(self.process.pid) or ())]

    @staticmethod
    def _read(pid: int, name: str) -> str:
        try:
            return Path(f"/proc/{pid}/{name}").read_text()
        except OSError:
            return ""


@contextmanager
def started(
    command: list[str], directory: Path, wrapper: tuple[str, ...] = (), **environment: str
) -> Iterator[Service]:
    """The service on free ports of the loopback address; it is killed at the end."""
    port, private = free_pair(), free_port()
    log = directory / f"{port}.log"
    variables = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "PRIVATE_ADDRESS": f"{LOOPBACK}:{private}",
        **environment,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*wrapper, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=variables,
            start_new_session=True,
        )
    try:
        yield Service(process, log, port, private)
    finally:
        # A child of a fault, or of a supervisor, must not outlive its test.
        for pid in (process.pid, *(descendants(process.pid) or ())):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def free_pair() -> int:
    """A free port whose successor is free too: the fault wrong-port moves the service there."""
    while True:
        port = free_port()
        with socket.socket() as successor, suppress(OSError):
            successor.bind(("", port + 1))
            return port


def nowhere() -> str:
    """An address at which nothing listens."""
    return f"{LOOPBACK}:{free_port()}"


def _ask(method: str, port: int, path: str, timeout: float, body: Any = None) -> Answer:
    request = urllib.request.Request(
        f"http://{LOOPBACK}:{port}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={} if body is None else {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            return Answer(answer.status, answer.read().decode(errors="replace"))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode(errors="replace"))
    # A client may be given the very port that it asks, and then hears itself.
    except (OSError, http.client.BadStatusLine):
        return Answer(NO_ANSWER, "")
