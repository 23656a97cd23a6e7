"""What a container's processes use, where no control group counts it: a look instead of a limit.

Rules: this is the fallback, and is told as a loss: pages that processes share count for each of
them, a program can pass its limit between two looks, and nothing tells of throttling. Source:
proc(5), proc_pid_stat(5).
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from holdfast.rehearsal.cgroups.group import Usage

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
# utime, stime, cutime and cstime, counted from the field after the program's name; then rss.
_TIMES = slice(11, 15)
_RESIDENT = 21


def family_usage(leader: int) -> Usage:
    """What a program and everything that came from it uses."""
    memory, seconds = 0, 0.0
    for process in family(leader):
        with suppress(OSError, IndexError, ValueError):
            text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
            # The name may hold spaces and parentheses.
            fields = text.rpartition(")")[2].split()
            memory += int(fields[_RESIDENT]) * _PAGE_BYTES
            seconds += sum(map(int, fields[_TIMES])) / _TICKS
    return Usage(memory_bytes=memory, cpu_seconds=seconds)


def family(leader: int) -> Iterator[int]:
    """A process and everything that came from it."""
    waiting = [leader]
    while waiting:
        process = waiting.pop()
        yield process
        with suppress(OSError):
            for thread in Path(f"/proc/{process}/task").iterdir():
                children = (thread / "children").read_text(encoding="ascii")
                waiting.extend(int(child) for child in children.split())
