"""The memory of a container's processes without control groups: a watch instead of a limit.

Rules: this is the fallback, and is told as a loss: pages that processes share count for each of
them, and a program can pass its limit between two looks.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_RESIDENT = 1


def resident_bytes(leader: int) -> int:
    """The resident memory of a program and everything that came from it, in bytes."""
    return sum(_resident(process) for process in _family(leader))


def _family(leader: int) -> Iterator[int]:
    waiting = [leader]
    while waiting:
        process = waiting.pop()
        yield process
        with suppress(OSError):
            for thread in Path(f"/proc/{process}/task").iterdir():
                children = (thread / "children").read_text(encoding="ascii")
                waiting.extend(int(child) for child in children.split())


def _resident(process: int) -> int:
    with suppress(OSError, IndexError, ValueError):
        fields = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
        return int(fields[_RESIDENT]) * _PAGE_BYTES
    return 0
