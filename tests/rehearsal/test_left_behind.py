"""Nothing outlives a rehearsal, however it ends: processes, groups, mounts, cards, files."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.rehearsal.play import ACTOR, need_root

pytestmark = pytest.mark.real

_PATIENCE_SECONDS = 20.0


@pytest.fixture(autouse=True)
def root() -> None:
    """Without root there is less to leave behind."""
    need_root()


class Rehearsing:
    """A rehearsal in a process of its own, with a mark that all its programs carry."""

    def __init__(self, directory: Path, *flags: str, grace: int = 2, **script: Any) -> None:
        """Start it."""
        self.mark = f"mark-{os.getpid()}-{time.monotonic_ns()}"
        manifest = directory / "pod.yaml"
        manifest.write_text(json.dumps(_pod(script, grace)), encoding="utf-8")
        self.scratch = directory / "scratch"
        self.scratch.mkdir()
        command = [sys.executable, "-c", "from holdfast.cli.entry import main; main()"]
        command += ["rehearse", "-f", str(manifest), *flags, "--", "sh", "-c"]
        command += [
            f"{sys.executable} {ACTOR} {self.mark} & exec {sys.executable} {ACTOR} {self.mark}"
        ]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
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
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (left := self.left()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left


@contextmanager
def rehearsing(directory: Path, *flags: str, **options: Any) -> Iterator[Rehearsing]:
    """It is killed in the end, whatever the test did."""
    running = Rehearsing(directory, *flags, **options)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()
        for pid in running.programs():
            os.kill(pid, signal.SIGKILL)


def test_the_test_sees_what_is_there(tmp_path: Path) -> None:
    """While it runs, every kind of thing is found: the checks below can fail."""
    with rehearsing(tmp_path, "--network", "own") as running:
        running.wait_for("listening")

        left = running.left()

        assert {"programs", "helpers", "groups", "cards", "files"} <= left.keys()


def test_nothing_after_success(tmp_path: Path) -> None:
    """Time is over and the pod was healthy."""
    with rehearsing(tmp_path, "--network", "own", "--for", "1s") as running:
        running.process.communicate(timeout=30)

        assert running.process.returncode == 0
        assert running.is_gone() == {}


def test_nothing_after_failure(tmp_path: Path) -> None:
    """The program crashes; what it had started goes with it."""
    with rehearsing(tmp_path, "--for", "2s", port=0, exitAt=0.2, exitCode=1) as running:
        running.process.communicate(timeout=30)

        assert running.process.returncode == 1
        assert running.is_gone() == {}


def test_interrupt_deletes_the_pod(tmp_path: Path) -> None:
    """The first Ctrl-C sends SIGTERM and waits for the end, as kubectl delete does."""
    with rehearsing(tmp_path, "--network", "own", termDelay=0.3) as running:
        running.wait_for("listening")
        running.process.send_signal(signal.SIGINT)
        out, err = running.process.communicate(timeout=30)

        assert "SIGTERM" in err
        assert "pod is Succeeded" in err
        assert "default/web" in out
        assert running.is_gone() == {}


def test_second_interrupt_ends_it_at_once(tmp_path: Path) -> None:
    """With 130; nobody waits for a grace of minutes."""
    with rehearsing(tmp_path, grace=600, ignoreTerm=True) as running:
        running.wait_for("listening")
        running.process.send_signal(signal.SIGINT)
        running.wait_for("SIGTERM")
        running.process.send_signal(signal.SIGINT)
        running.process.communicate(timeout=30)

        assert running.process.returncode == 130
        assert running.is_gone() == {}


def test_nothing_after_a_kill(tmp_path: Path) -> None:
    """kill -9 of holdfast itself: the runtime sees its socket close, and sweeps up."""
    with rehearsing(tmp_path, "--network", "own", ignoreTerm=True) as running:
        running.wait_for("listening")
        running.process.kill()
        running.process.communicate(timeout=30)

        assert running.is_gone() == {}


def test_nothing_after_a_kill_of_the_runtime(tmp_path: Path) -> None:
    """Its programs die with it, holdfast says what happened and sweeps up in its place."""
    with rehearsing(tmp_path, "--network", "own") as running:
        running.wait_for("listening")
        (runtime,) = running.helpers()
        os.kill(runtime, signal.SIGKILL)
        _, err = running.process.communicate(timeout=30)

        assert running.process.returncode == 3
        assert "talking to the container runtime" in err
        assert running.is_gone() == {}


def test_port_is_free_again(tmp_path: Path) -> None:
    """On the shared network, the next rehearsal can have the same port."""
    with socket.create_server(("", 0)) as free:
        port = free.getsockname()[1]
    with rehearsing(tmp_path, port=port) as running:
        running.wait_for("listening")
        running.process.kill()
        running.process.communicate(timeout=30)
        assert running.is_gone() == {}

        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("", port))


def _pod(script: dict[str, Any], grace: int) -> dict[str, Any]:
    container = {
        "name": "app",
        "image": "example/app:1",
        "env": [{"name": "ACTOR", "value": json.dumps({"port": 18080, **script})}],
        "resources": {"limits": {"memory": "256Mi", "cpu": "1"}},
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
