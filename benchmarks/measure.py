"""Runs a command and tells what it cost, as the kernel counted it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

# ru_maxrss is in KiB on Linux and in bytes on macOS (getrusage(2) of each).
_RSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
_REPEATS = 3
_LAUNCH = Path(__file__).with_name("launch.py")


class Usage(NamedTuple):
    """CPU time of a process with the children it waited for, and the peak of its memory."""

    cpu_seconds: float
    peak_bytes: int

    @property
    def peak_mb(self) -> float:
        """Megabytes (10^6 bytes)."""
        return self.peak_bytes / 1e6


def measure(
    command: Sequence[str], *, allowed: tuple[int, ...] = (0,), repeats: int = _REPEATS
) -> Usage:
    """The least of some runs: other work on the machine only ever adds."""
    runs = [_run(command, allowed) for _ in range(repeats)]
    return Usage(min(run.cpu_seconds for run in runs), min(run.peak_bytes for run in runs))


def interleaved(commands: Mapping[str, Sequence[str]], repeats: int) -> dict[str, Usage]:
    """The least of some runs of each, taken in turns: what the machine does else hits them all."""
    runs: dict[str, list[Usage]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            runs[name].append(launch(command))
    return {name: least(usages) for name, usages in runs.items()}


def least(usages: Iterable[Usage]) -> Usage:
    """Of each number the least: other work on the machine only ever adds."""
    runs = list(usages)
    return Usage(min(u.cpu_seconds for u in runs), min(u.peak_bytes for u in runs))


def launch(command: Sequence[str]) -> Usage:
    """One run, started by a process as small as Python can be: its peak is the command's own."""
    launcher: list[str | Path] = [sys.executable, "-I", "-S", _LAUNCH, *command]
    # As pip installs it: a package that is compiled anew at each start is another one.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    result = subprocess.run(launcher, check=True, capture_output=True, text=True, env=environment)
    status, cpu_seconds, peak_kib = result.stdout.split()
    if int(status):
        raise RuntimeError(f"{command[0]} ended with status {status}")
    return Usage(float(cpu_seconds), int(peak_kib) * 1024)


def _run(command: Sequence[str], allowed: tuple[int, ...]) -> Usage:
    # As pip installs it: a package that is compiled anew at each start is another one.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with (
        tempfile.TemporaryFile("w+", errors="replace") as said,
        subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=said, env=environment
        ) as process,
    ):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read()[-1000:]
    if process.returncode not in allowed:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {words}")
    return Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT_BYTES)
