"""What `holdfast run` costs beside a bare interpreter and beside supervisors written in C.

Start: CPU time until `true` has ended under it. Resident and private: its memory while a command
sleeps. Idle: CPU that it uses meanwhile.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from shutil import which

from benchmarks.measure import measure

# docs/specs/service.md 13.3: of a bare interpreter.
_BUDGET_START = 4.1
_BUDGET_MEMORY = 1.3
_IDLE_SECONDS = 3.0
_BARE = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(1000)"]
_RIVALS = {"tini": ["tini", "-s", "--"], "dumb-init": ["dumb-init", "--"]}


def main() -> None:
    """Measure all side by side."""
    holdfast = str(Path(sys.executable).with_name("holdfast"))
    supervisors = {"holdfast run": [holdfast, "run", "-q", "--"]}
    supervisors |= {name: command for name, command in _RIVALS.items() if which(name)}
    bare_start = measure([sys.executable, "-I", "-S", "-c", "pass"]).cpu_seconds
    bare, bare_private = _memory(_BARE)
    print("Supervisor            start CPU           resident            private      idle")
    _row("python -I -S", (bare_start, 1.0), (bare, 1.0), (bare_private, 1.0), 0.0)
    for name, command in supervisors.items():
        start = measure([*command, "true"]).cpu_seconds
        resident, private = _memory([*command, "sleep", "1000"])
        idle = _idle([*command, "sleep", "1000"])
        ratios = start / bare_start, resident / bare, private / bare_private
        _row(name, (start, ratios[0]), (resident, ratios[1]), (private, ratios[2]), idle)
        if name == "holdfast run":
            _verdict(ratios[0] <= _BUDGET_START, f"{_BUDGET_START} x the CPU")
            _verdict(ratios[1] <= _BUDGET_MEMORY, f"{_BUDGET_MEMORY} x the resident memory")
            _verdict(idle == 0.0, f"no CPU in {_IDLE_SECONDS:g} s without work")
    for name in sorted(_RIVALS.keys() - supervisors.keys()):
        print(f"  {name}: not measured, it is not installed")


def _row(
    name: str,
    start: tuple[float, float],
    resident: tuple[int, float],
    private: tuple[int, float],
    idle: float,
) -> None:
    """Each with its ratio to the bare interpreter."""
    memory = "".join(f" {size / 1e6:7.1f} MB {ratio:4.1f} x" for size, ratio in (resident, private))
    print(f"  {name:14}{start[0] * 1000:7.1f} ms {start[1]:4.1f} x{memory} {idle * 1000:6.0f} ms")


def _memory(command: list[str]) -> tuple[int, int]:
    """Bytes that the process holds, and those that would be free without it."""
    with _running(command) as process:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        process.kill()
    sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in text.splitlines()[1:]}
    return sizes["Rss:"], sizes["Private_Clean:"] + sizes["Private_Dirty:"]


def _idle(command: list[str]) -> float:
    """CPU seconds that a supervisor uses while its command sleeps."""
    with _running(command) as process:
        before = _cpu_seconds(process.pid)
        time.sleep(_IDLE_SECONDS)
        used = _cpu_seconds(process.pid) - before
        process.kill()
    return used


def _running(command: list[str]) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    return process


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _verdict(kept: bool, budget: str) -> None:
    print(f"    budget {budget}: {'kept' if kept else 'MISSED'}")


if __name__ == "__main__":
    main()
