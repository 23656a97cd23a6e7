"""What a container writes: line by line to whoever listens, and kept within bounds.

Rules: standard output and error are one stream, as in a container's log; of each life the first and
the last lines are kept, as the readers of logs keep them; a line is cut where a runtime cuts it.
"""

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import Callable

# sources/log_lines.py keeps as much of every log.
_FIRST_LINES, _LAST_LINES = 200, 2000
_LONGEST_LINE = 4096

Listener = Callable[[str], None]


class Output:
    """The output of one life: `writing` is given to the program, then closed here."""

    def __init__(self, listen: Listener) -> None:
        """A new pipe."""
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._listen = listen
        self._rest = b""
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._count = 0
        self._open = True
        asyncio.get_running_loop().add_reader(self._reading, self._read)

    @property
    def lines(self) -> tuple[str, ...]:
        """What is kept."""
        return (*self._first, *self._last)

    @property
    def truncated(self) -> bool:
        """Whether lines between the first and the last were dropped."""
        return self._count > len(self._first) + len(self._last)

    def add(self, line: str) -> None:
        """A line that the runtime itself writes there."""
        self._count += 1
        kept = self._first if len(self._first) < _FIRST_LINES else self._last
        kept.append(line)
        self._listen(line)

    def close(self) -> None:
        """Take what is still in the pipe; what runs on after the container is not heard."""
        if self._open:
            self._read()
        if self._open:
            self._end()

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self._reading, 65536):
                *lines, self._rest = (self._rest + part).split(b"\n")
                for line in lines:
                    self._take(line)
                while len(self._rest) > _LONGEST_LINE:
                    self._take(self._rest[:_LONGEST_LINE])
                    self._rest = self._rest[_LONGEST_LINE:]
            self._end()

    def _end(self) -> None:
        self._open = False
        if self._rest:
            self._take(self._rest)
            self._rest = b""
        asyncio.get_running_loop().remove_reader(self._reading)
        os.close(self._reading)

    def _take(self, line: bytes) -> None:
        self.add(line.decode(errors="replace").removesuffix("\r")[:_LONGEST_LINE])
