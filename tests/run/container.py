"""A command as PID 1 of a PID namespace of its own, as a container runtime starts it.

unshare(1) needs root. Without it the tests are skipped loudly, and fail under CI.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOLDFAST = [str(Path(sys.executable).with_name("holdfast")), "run"]
_PATIENCE_SECONDS = 30.0


class Container:
    """A PID namespace with its first process, seen from outside."""

    def __init__(self, process: "subprocess.Popen[bytes]", out: Path, err: Path) -> None:
        """Wait until the first process is there."""
        self._process = process
        self._out, self._err = out, err
        self.pid1 = self._first_child()
        self._namespace = _namespace(self.pid1)

    @property
    def out(self) -> str:
        """What was written to standard output."""
        return self._out.read_text(errors="replace")

    @property
    def err(self) -> str:
        """What was written to standard error, by the supervisor too."""
        return self._err.read_text(errors="replace")

    def signal(self, number: int = signal.SIGTERM, times: int = 1) -> float:
        """Send PID 1 a signal from outside, as the kubelet's runtime does; answers the time."""
        for _ in range(times):
            os.kill(self.pid1, number)
        return time.monotonic()

    def wait(self, seconds: float = _PATIENCE_SECONDS) -> int:
        """The exit code of PID 1."""
        return self._process.wait(seconds)

    @property
    def running(self) -> bool:
        """Whether PID 1 is still there."""
        return self._process.poll() is None

    def pids(self) -> list[int]:
        """The processes of the namespace, as numbers of the outside."""
        found = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
        return [pid for pid in found if _namespace(pid) == self._namespace]

    def names(self) -> list[str]:
        """Their names, without PID 1; zombies as "name (zombie)"."""
        return sorted(_name(pid) for pid in self.pids() if pid != self.pid1)

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something that must come."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come; {self.names()}\n{self.err[-2000:]}")
            time.sleep(0.02)

    def says(self, text: str) -> None:
        """Wait for a text on standard output or standard error."""
        self.until(lambda: text in self.out or text in self.err, repr(text))

    def kill(self) -> None:
        """End everything, whatever a test has left."""
        if self.running:
            os.kill(self.pid1, signal.SIGKILL)
        self._process.wait()

    def _first_child(self) -> int:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = children.read_text().split()
            if found:
                return int(found[0])
            if self._process.poll() is not None:
                break
            time.sleep(0.005)
        raise AssertionError(f"the namespace did not start: {self.err}")


def need_namespaces() -> None:
    """Skip, or fail under CI, where no PID namespace can be made."""
    test = ["unshare", "--pid", "--fork", "--mount-proc", "true"]
    try:
        able = subprocess.run(test, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        able = False
    if able:
        return
    missing = "no PID namespaces here: run the tests as root on Linux, with util-linux installed"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@contextmanager
def container(*command: str | Path, **environment: str) -> Iterator[Container]:
    """The command as PID 1; everything is killed at the end."""
    need_namespaces()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="holdfast-") as directory:
        out, err = Path(directory, "out"), Path(directory, "err")
        with out.open("wb") as out_file, err.open("wb") as err_file:
            process = subprocess.Popen(
                # The namespace dies with unshare: nothing is left behind by a test that fails.
                ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=out_file,
                stderr=err_file,
                env={**kept, **environment},
                start_new_session=True,
            )
        running = Container(process, out, err)
        try:
            yield running
        finally:
            running.kill()


def supervised(*command: object) -> list[str]:
    """`holdfast run` with its flags and its command, as arguments."""
    return [*HOLDFAST, *map(str, command)]


def _namespace(pid: int) -> str:
    """Of the process's children: unshare itself stays outside."""
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except OSError:
        return ""


def _name(pid: int) -> str:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "?"
    name = text[text.index("(") + 1 : text.rindex(")")]
    return f"{name} (zombie)" if text[text.rindex(")") + 2] == "Z" else name
