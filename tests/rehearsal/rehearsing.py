"""A rehearsal in a process of its own, and everything of it that is there."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.rehearsal.play import ACTOR

_PATIENCE_SECONDS = 20.0


class Rehearsing:
    """A rehearsal in a process of its own, with a mark that all its programs carry."""

    def __init__(
        self,
        directory: Path,
        *flags: str,
        through: tuple[str, ...] = (),
        grace: int = 2,
        container: dict[str, Any] | None = None,
        command: tuple[str, ...] = (),
        **script: Any,
    ) -> None:
        """Start it: two actors that follow the script unless a command is given.

        Args: `through` begins the command line, for another user; `container` adds to its spec.
        """
        self.mark = f"mark-{os.getpid()}-{time.monotonic_ns()}"
        manifest = directory / "pod.yaml"
        pod = _pod(script, grace, container or {})
        manifest.write_text(json.dumps(pod), encoding="utf-8")
        self.scratch = directory / "scratch"
        self.scratch.mkdir()
        # Whoever rehearses makes his files here.
        self.scratch.chmod(0o777)
        actor = f"{sys.executable} {ACTOR} {self.mark}"
        words = [*through, sys.executable, "-c", "from holdfast.cli.entry import main; main()"]
        words += ["rehearse", "-f", str(manifest), *flags, "--"]
        self.process = subprocess.Popen(
            [*words, *(command or ("sh", "-c", f"{actor} & exec {actor}"))],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=directory,
            env={**os.environ, "TMPDIR": str(self.scratch)},
            start_new_session=True,
        )

    def wait_for(self, text: str) -> None:
        """Until the log says so."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if text in line:
                return
        raise AssertionError(f"it ended before {text!r}")

    def programs(self) -> list[int]:
        """Processes of the pod that are alive."""
        return [pid for pid in _processes() if self.mark in _command(pid)[1:]]

    def helpers(self) -> list[int]:
        """Processes of holdfast itself."""
        mine = str(self.scratch)
        return [
            pid
            for pid in _processes()
            if any("holdfast.rehearsal" in word for word in _command(pid))
            and mine in _environment(pid)
        ]

    def left(self) -> dict[str, object]:
        """Everything of it that is still there."""
        pid = self.process.pid
        groups = [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/holdfast-{pid}-*")]
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
        cards = [name for _, name in socket.if_nameindex() if name.startswith(f"hf{pid}")]
        found = {
            "programs": self.programs(),
            "helpers": self.helpers(),
            "groups": groups,
            "mounts": str(self.scratch) in mounts,
            "cards": cards,
            "files": [path.name for path in self.scratch.iterdir()],
        }
        return {name: value for name, value in found.items() if value}

    def is_gone(self) -> dict[str, object]:
        """What is left after a while; empty when nothing is."""
        self.wait_until(lambda: not self.left())
        return self.left()

    def runs(self, *command: str) -> bool:
        """Whether a process runs this command, wherever."""
        return any(_command(pid)[: len(command)] == [*command] for pid in _processes())

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Until it holds, or for a while."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.05)


@contextmanager
def rehearsing(directory: Path, *flags: str, **options: Any) -> Iterator[Rehearsing]:
    """It is killed in the end, whatever the test did."""
    running = Rehearsing(directory, *flags, **options)
    try:
        yield running
    finally:
        running.process.kill()
        # A runtime that hangs would keep the pipes open.
        for pid in (*running.programs(), *running.helpers()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        running.process.communicate()


def _pod(script: dict[str, Any], grace: int, more: dict[str, Any]) -> dict[str, Any]:
    container = {
        "name": "app",
        "image": "example/app:1",
        "env": [{"name": "ACTOR", "value": json.dumps({"port": 18080, **script})}],
        "resources": {"limits": {"memory": "256Mi", "cpu": "1"}},
        **more,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [container], "terminationGracePeriodSeconds": grace},
    }


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
    except OSError:
        return []


def _environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
