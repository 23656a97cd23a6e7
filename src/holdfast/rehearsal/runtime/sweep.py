"""Leaves nothing behind: ends processes, removes cgroups and scratch files.

Rules: safe to call twice, and after somebody else has done half of it; never raises, because it
runs when everything else has failed already.
"""

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

# A killed process leaves its cgroup when the kernel has taken its memory back.
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.01


def sweep(cgroups: list[str], scratch: str) -> None:
    """Kill everything in the cgroups and those below them, remove them, and the scratch files."""
    found = {folder for directory in cgroups for folder, _, _ in os.walk(directory)}
    for directory in sorted(found, key=len, reverse=True):
        _remove_cgroup(Path(directory))
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)


def kill_session(leader: int) -> None:
    """Kill every process of a session: what a program without a PID namespace leaves behind."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            if os.getsid(int(entry.name)) == leader:
                os.kill(int(entry.name), signal.SIGKILL)


def kill_children() -> None:
    """Kill every child of this process, and what becomes one because its own parent ended.

    They are waited for in whatever order they end: PID 1 of a namespace is not gone before those
    that joined it from outside have been waited for, and these are children of ours as well
    (pid_namespaces(7)).
    """
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while True:
        with contextlib.suppress(OSError):
            for child in children.read_text(encoding="ascii").split():
                os.kill(int(child), signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _remove_cgroup(directory: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while directory.is_dir():
        _kill_members(directory)
        with contextlib.suppress(OSError):
            directory.rmdir()
            return
        if time.monotonic() > deadline:
            return
        time.sleep(_PAUSE_SECONDS)


def _kill_members(directory: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        for line in (directory / "cgroup.procs").read_text(encoding="ascii").split():
            # 0 stands for a process of another PID namespace; to kill(2) it means everybody here.
            if int(line) > 0:
                with contextlib.suppress(OSError):
                    os.kill(int(line), signal.SIGKILL)
