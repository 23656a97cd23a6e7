"""Termination messages: what a program writes, what its log gives instead, and how much of both."""

from pathlib import Path

import pytest
from tests.rehearsal.play import BEHAVIOUR, need_root, plan_of, play, pod_of

from holdfast.model.container import StateTerminated
from holdfast.rehearsal.termination_message import make_file, message_of

FALLBACK = {"terminationMessagePolicy": "FallbackToLogsOnError"}


def ended(script: str, **container: object) -> StateTerminated:
    """How a shell ended that ran a script."""
    plan = plan_of(pod_of(container, restartPolicy="Never"), "sh", "-c", script)
    (status,) = play(plan, 30).status.container_statuses or ()
    assert status.state.terminated is not None
    return status.state.terminated


@pytest.mark.real
def test_message_is_what_the_program_wrote() -> None:
    """At /dev/termination-log, which this computer does not get; the devices are all there."""
    need_root()
    devices = sorted(Path("/dev").iterdir())
    script = "echo no licence > /dev/termination-log; ls /dev; echo ok > /dev/null && exit 3"

    plan = plan_of(pod_of({}, restartPolicy="Never"), "sh", "-c", script)
    seen = play(plan, 30)

    (status,) = seen.status.container_statuses or ()
    assert status.state.terminated is not None
    assert status.state.terminated.exit_code == 3
    assert status.state.terminated.message == "no licence\n"
    assert set(seen.lines()) >= {"termination-log", "null", "urandom", "shm"}
    assert sorted(Path("/dev").iterdir()) == devices


@pytest.mark.real
def test_message_at_a_path_of_the_manifest(tmp_path: Path) -> None:
    """`terminationMessagePath`, where that file exists on this computer: it stays as it was."""
    need_root()
    path = tmp_path / "message"
    path.write_text("mine", encoding="utf-8")

    assert ended(f"echo why > {path}", terminationMessagePath=str(path)).message == "why\n"
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.real
def test_each_life_begins_with_an_empty_file() -> None:
    """The message of the life before is in its own status only."""
    need_root()
    script = "cat /dev/termination-log; echo again > /dev/termination-log; exit 1"
    seen = play(plan_of(pod_of({}), "sh", "-c", script), 4)

    assert len(seen.ends()) >= 2
    assert seen.lines() == []


@pytest.mark.real
def test_log_takes_the_place_of_an_empty_message() -> None:
    """With FallbackToLogsOnError, after an error, and only where nothing was written."""
    need_root()

    assert ended("echo cannot open; exit 1", **FALLBACK).message == "cannot open\n"
    assert ended("echo all is well", **FALLBACK).message == ""
    assert ended("echo a; echo b > /dev/termination-log; exit 1", **FALLBACK).message == "b\n"
    assert ended("echo cannot open; exit 1").message == ""


def test_length_of_a_message(tmp_path: Path) -> None:
    """The last 4096 bytes of a file; the last 80 lines and 2048 bytes of a log; 12 KiB a pod."""
    file = make_file(tmp_path, "app", 0)
    pod = pod_of(FALLBACK)
    (spec,) = pod.spec.containers
    long = [f"{number:0100}" for number in range(100)]
    short = [str(number % 10) for number in range(100)]

    from_log = message_of(pod, spec, 1, file, long)
    assert len(from_log) == 2048
    assert from_log.endswith(f"{99:0100}\n")
    assert message_of(pod, spec, 1, file, short).count("\n") == 80
    assert message_of(pod, spec, 0, file, short) == ""

    file.write_text("x" * 5000 + "end", encoding="ascii")
    assert message_of(pod, spec, 0, file, ()) == "x" * 4093 + "end"
    many = pod_of(*({"name": f"c{number}"} for number in range(6)), behaviour=BEHAVIOUR)
    assert message_of(many, spec, 0, file, ()) == "x" * 2048
    assert message_of(pod, spec, 0, tmp_path / "gone", ()) == ""
