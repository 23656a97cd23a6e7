"""Rehearsals of a user without rights: what is kept, what is lost and said, what is left behind.

Each runs as nobody, with no capability, in three surroundings: with user namespaces, with none of
any kind, and with a part of the control group tree that was delegated to him.
"""

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.rehearsal.plain_user import NOBODY, through
from tests.rehearsal.play import need_root
from tests.rehearsal.rehearsing import Rehearsing, rehearsing

pytestmark = pytest.mark.real

_SMALL = {"resources": {"limits": {"memory": "64Mi"}}}
_HIERARCHIES = ("memory", "cpu", "cpuacct")


@pytest.fixture(autouse=True)
def root() -> None:
    """Only root can become somebody else."""
    need_root()


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that everybody may enter."""
    directory = Path(tempfile.mkdtemp(prefix="plain-user-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def delegated() -> Iterator[str]:
    """Control groups of version 1 that belong to nobody, with his processes in a part of them."""
    names = [Path("/sys/fs/cgroup", name) for name in _HIERARCHIES]
    if not all((name / "cgroup.procs").exists() for name in names):
        pytest.skip("no control groups of version 1; tests/real tries version 2")
    groups = [name / f"plain-user-{os.getpid()}" for name in names]
    for group in groups:
        group.mkdir()
        for file in (group, group / "cgroup.procs"):
            os.chown(file, NOBODY, NOBODY)
    yield ",".join(map(str, groups))
    for group in groups:
        group.rmdir()


def free_port() -> int:
    """A port that nobody has: these rehearsals share this computer's."""
    with socket.create_server(("", 0)) as free:
        return int(free.getsockname()[1])


def finished(running: Rehearsing) -> tuple[dict[str, Any], str]:
    """Its report and its log."""
    out, err = running.process.communicate(timeout=60)
    return json.loads(out), err


def losses(report: dict[str, Any]) -> list[str]:
    """What the report says could not be read or promised."""
    return [f"{gap['what']}: {gap['cost']}" for gap in report["gaps"]]


def told(err: str) -> list[str]:
    """What was said before the pod started."""
    before = err.partition("pod is Pending")[0]
    return [
        line.partition("not as in a cluster: ")[2]
        for line in before.splitlines()
        if line.startswith("not as in a cluster: ")
    ]


def test_user_namespace_gives_a_first_process(place: Path) -> None:
    """PID 1, a host name and exec probes inside, as root has them; the price is said twice."""
    code = (
        "import os,socket,time; print(os.getpid(), socket.gethostname(), os.getuid(), flush=True)\n"
        "try: open('/tmp/written', 'w')\n"
        "except OSError as error: print(error.strerror, flush=True)\n"
        "time.sleep(60)"
    )
    probe = {"exec": {"command": ["sh", "-c", "test $$(cat /proc/1/comm) = python && exit 7"]},
             "periodSeconds": 1}  # fmt: skip
    container = {
        "readinessProbe": probe,
        "ports": [{"containerPort": 81}],
        "securityContext": {"readOnlyRootFilesystem": True},
    }
    command = (sys.executable, "-c", code)

    with rehearsing(place, "--for", "3s", "-o", "json", through=through(), container=container,
                    command=command) as running:  # fmt: skip
        report, err = finished(running)

    assert f"| 1 web {NOBODY}" in err
    assert "| Read-only file system" in err
    assert "Readiness probe failed" in err
    for lines in (told(err), losses(report)):
        text = "\n".join(lines)
        assert "the namespaces lie in a user namespace" in text
        assert "no control group for memory" in text
        assert "no control group for CPU" in text
        assert "app cannot listen on port 81" in text
        assert "no PID namespace" not in text
    assert running.is_gone() == {}


@pytest.mark.parametrize("flags", [(), ("--no-namespaces",)], ids=["namespaces", "none"])
def test_watch_kills_for_memory(place: Path, flags: tuple[str, ...]) -> None:
    """Without control groups the limit is watched: 137 and OOMKilled, and who did it is said."""
    options = {"through": through(*flags), "container": _SMALL, "port": free_port()}

    with rehearsing(place, "--for", "4s", "-o", "json", leakMBps=100, **options) as running:
        report, err = finished(running)

    assert "killed by the watch on memory: " in err
    assert "over the limit of 64Mi" in err
    assert "ended with 137, killed for memory" in err
    (finding, *_) = report["findings"]
    assert finding["cause"] in ("D01", "D02")
    assert any("watched ten times a second" in loss for loss in losses(report))
    assert running.process.returncode == 1
    assert running.is_gone() == {}


def test_signal_without_a_handler_is_held_back(place: Path) -> None:
    """Without a PID namespace too, sleep(1) survives SIGTERM as it does as PID 1, and is killed."""
    options = {"through": through("--no-namespaces"), "command": ("sleep", "60")}

    with rehearsing(place, "-o", "json", grace=1, container=_SMALL, **options) as running:
        running.wait_for("is ready")
        running.process.send_signal(signal.SIGINT)
        report, err = finished(running)

    assert "SIGTERM" in err
    assert "ended with 137" in err
    assert "killed for memory" not in err
    assert any("no PID namespace (unshare: Operation not permitted)" in loss
               for loss in losses(report))  # fmt: skip
    assert running.is_gone() == {}


def test_delegated_groups_are_used(place: Path, delegated: str) -> None:
    """The kernel holds limits for a plain user too, where he was given groups of his own."""
    limits = {"resources": {"limits": {"memory": "64Mi", "cpu": "200m"}}}
    options = {"through": through("--group", delegated), "container": limits, "port": free_port()}

    with rehearsing(place, "--for", "6s", "-o", "json", leakMBps=30, **options) as running:
        report, err = finished(running)

    assert "ended with 137, killed for memory" in err
    assert "killed by the watch" not in err
    assert "its CPU limit held it back" in err
    assert not any("no control group" in loss for loss in losses(report))
    assert running.is_gone() == {}


@pytest.mark.parametrize("flags", [(), ("--no-namespaces",)], ids=["namespaces", "none"])
@pytest.mark.parametrize("victim", ["nothing", "holdfast", "runtime"])
def test_nothing_is_left(place: Path, flags: tuple[str, ...], victim: str) -> None:
    """After success, kill -9 of holdfast and of its runtime: children of the program go as well."""
    with rehearsing(place, "--for", "2s", through=through(*flags), port=free_port()) as running:
        running.wait_for("listening")
        assert running.programs()
        if victim == "holdfast":
            running.process.kill()
        elif victim == "runtime":
            (runtime,) = running.helpers()
            os.kill(runtime, signal.SIGKILL)
        _, err = running.process.communicate(timeout=60)

        assert running.is_gone() == {}
        assert running.process.returncode == {"nothing": 0, "holdfast": -9, "runtime": 3}[victim]
        assert ("talking to the container runtime" in err) == (victim == "runtime")
