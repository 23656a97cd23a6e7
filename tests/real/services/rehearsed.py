"""A new service, written, built and rehearsed under its own manifest."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dependencies.peers import free_port

from holdfast.blueprints.answers import Answers, Framework
from holdfast.cli.write_service import files_of, write_service

_PATIENCE_SECONDS = 180.0
_POD_USER = "        runAsNonRoot: true\n        runAsUser: 65532\n"


class Rehearsal:
    """A rehearsal that runs until it is told to stop."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        """Its pod serves on the port of the loopback address."""
        self.port = port
        self.report = ""
        self._process = process
        self._lines: list[str] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    @property
    def log(self) -> str:
        """What happened so far."""
        return "".join(self._lines)

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something that comes however busy the machine is."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            assert self._process.poll() is None, self.log
            assert time.monotonic() < deadline, f"{what} did not come\n{self.log}"
            time.sleep(0.05)

    def until_ready(self, name: str) -> None:
        """Until the container may get traffic."""
        ready = re.compile(rf"^ *[\d.]+s +{name} +is ready$", re.MULTILINE)
        self.wait_for(lambda: ready.search(self.log), "readiness")

    def delete(self) -> int:
        """As kubectl delete does; the exit code of the rehearsal."""
        self._process.send_signal(signal.SIGINT)
        assert self._process.stdout is not None
        self.report = self._process.stdout.read()
        self._reading.join()
        return self._process.wait(_PATIENCE_SECONDS)

    def close(self) -> None:
        """Wait until everything that it said is read."""
        self._reading.join()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._lines.append(line)


def write_new(directory: Path, framework: Framework, *dependencies: str) -> Answers:
    """A service in a directory, on a free port."""
    answers = Answers(framework, "api", free_port(), "registry.example.com", dependencies)
    texts = files_of(answers)
    manifest = texts["deploy/deployment.yaml"]
    # The interpreter of a test may lie in the home of its user, and others may use the side port.
    manifest = manifest.replace(_POD_USER, "").replace("8086", str(free_port()))
    write_service(directory, {**texts, "deploy/deployment.yaml": manifest}, force=False)
    return answers


@contextmanager
def rehearsing(directory: Path, port: int, *arguments: str) -> Iterator[Rehearsal]:
    """`holdfast rehearse` of the manifest with these arguments; it is ended in the end."""
    words = [sys.executable, "-c", "from holdfast.cli.entry import main; main()", "rehearse"]
    with subprocess.Popen(
        [*words, "-f", "deploy/deployment.yaml", "--for", "1h", *arguments],
        cwd=directory,
        # The init container runs `holdfast wait`.
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        rehearsal = Rehearsal(process, port)
        try:
            yield rehearsal
        finally:
            process.kill()
            rehearsal.close()
