"""Groups that a killed rehearsal left behind: which are removed, and which are somebody's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.rehearsal.play import need_root

from holdfast.kubelet.cgroups import CgroupValues
from holdfast.rehearsal.cgroups.find import _has_made, find_cgroups
from holdfast.rehearsal.runtime.sweep import sweep

_MEMORY = Path("/sys/fs/cgroup/memory")
_VALUES = CgroupValues(1024, 100)


@pytest.fixture
def name() -> Iterator[str]:
    """The name of a group that is gone in the end."""
    found = f"test-{os.getpid()}"
    yield found
    for group in Path("/sys/fs/cgroup").glob(f"**/holdfast-*-{found}*"):
        with suppress(OSError):
            group.rmdir()


def _ended_process() -> int:
    done = subprocess.Popen(["true"])
    done.wait()
    return done.pid


@pytest.mark.real
def test_groups_of_the_dead_are_removed(name: str) -> None:
    """The next rehearsal finds them by the process that made them; those of the living stay."""
    need_root()
    if not (_MEMORY / "cgroup.procs").exists():
        pytest.skip("no control groups of version 1; tests/real tries version 2")
    dead = _MEMORY / f"holdfast-{_ended_process()}-{name}"
    alive = _MEMORY / f"holdfast-{os.getpid()}-{name}"
    dead.mkdir()
    alive.mkdir()

    found = find_cgroups(f"{name}-next", _VALUES)

    assert found.tree is not None
    sweep(list(found.tree.directories), "")
    assert not dead.exists()
    assert alive.exists()


def test_number_of_the_owner_may_be_somebody_elses_now() -> None:
    """A process that began after the group was made has not made it."""
    assert _has_made(1, Path(f"/proc/{os.getpid()}"))
    assert not _has_made(os.getpid(), Path(sys.base_prefix))
    assert not _has_made(_ended_process(), Path(sys.base_prefix))


def test_hidden_members_are_not_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """cgroup.procs shows 0 for a process of another namespace; kill(2) takes 0 for everybody."""
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda process, _: killed.append(process))
    monkeypatch.setattr("holdfast.rehearsal.runtime.sweep._PATIENCE_SECONDS", 0.0)
    (tmp_path / "cgroup.procs").write_text("0\n4711\n", encoding="ascii")

    sweep([str(tmp_path)], "")

    assert set(killed) == {4711}
