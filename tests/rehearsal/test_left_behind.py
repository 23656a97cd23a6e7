"""Nothing outlives a rehearsal, however it ends: processes, groups, mounts, cards, files."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest
from tests.rehearsal.play import need_root
from tests.rehearsal.rehearsing import rehearsing

pytestmark = pytest.mark.real


@pytest.fixture(autouse=True)
def root() -> None:
    """Without root there is less to leave behind."""
    need_root()


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


def test_nothing_after_a_kill_during_a_probe(tmp_path: Path) -> None:
    """PID 1 of a namespace ends after those that joined it: whoever waits for it first, hangs."""
    command = ("sleep", f"600.{time.monotonic_ns()}")
    probe = {"exec": {"command": [*command]}, "timeoutSeconds": 600, "periodSeconds": 1}
    with rehearsing(tmp_path, container={"readinessProbe": probe}) as running:
        running.wait_for("listening")
        running.wait_until(lambda: running.runs(*command))
        assert running.runs(*command)
        running.process.kill()
        running.process.communicate(timeout=30)

        assert running.is_gone() == {}
        assert not running.runs(*command)


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
