"""How late this computer is while pods are rehearsed: what no model of a kubelet can know.

Two things that should not be late are done beside the pods: the loop that drives them is woken
every 20 ms, and an interpreter is started every two seconds. An idle computer takes 2 ms and 0.1 s.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self

_WAKE_SECONDS = 0.02
_START_SECONDS = 2.0
# A tenth of the shortest period of a probe; as long as its shortest timeout.
_LONG_WAKE_SECONDS = 0.1
_LONG_START_SECONDS = 1.0
# What the actor imports before it can do anything.
_PROGRAM = "import json, signal, socketserver, subprocess, threading"


@dataclass
class Delays:
    """The worst that was measured, in seconds."""

    wake: float = 0.0
    """How much later than it was due the loop was woken."""
    start: float = 0.0
    """How long a start of an interpreter took."""

    @classmethod
    @contextlib.asynccontextmanager
    async def measured(cls) -> AsyncIterator[Self]:
        """Measure until the block ends."""
        delays, over = cls(), asyncio.Event()
        # Told, not cancelled: an interpreter that has begun to start is waited for.
        work = asyncio.gather(delays._wakes(over), delays._starts(over))
        try:
            yield delays
        finally:
            over.set()
            await work

    @property
    def were_long(self) -> bool:
        """Too long to tell apart what a kubelet does and what a busy computer does."""
        return self.wake > _LONG_WAKE_SECONDS or self.start > _LONG_START_SECONDS

    def __str__(self) -> str:
        """For the report of a run."""
        return f"woken up to {self.wake:.3f}s late, an interpreter started in {self.start:.2f}s"

    async def _wakes(self, over: asyncio.Event) -> None:
        while not over.is_set():
            due = time.monotonic() + _WAKE_SECONDS
            await asyncio.sleep(_WAKE_SECONDS)
            self.wake = max(self.wake, time.monotonic() - due)

    async def _starts(self, over: asyncio.Event) -> None:
        while not over.is_set():
            begun = time.monotonic()
            program = await asyncio.create_subprocess_exec(sys.executable, "-c", _PROGRAM)
            await program.wait()
            self.start = max(self.start, time.monotonic() - begun)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_START_SECONDS):
                    await over.wait()
