"""Clients of a service: half of the requests on connections that are kept, half on new ones.

Rules: requests are sent at their times, whether earlier ones were answered or not: a slow service
gets no rest. When the pod has left the endpoints, nobody opens a connection to it any more; those
who have one go on using it until it is closed, as clients behind kube-proxy do.
"""

import asyncio
import contextlib
import time
from collections import deque
from typing import NamedTuple

from holdfast.rehearsal.load.plan import LoadPlan
from holdfast.rehearsal.load.tally import Fate, Phase, Tallies, Tally
from holdfast.rehearsal.probes.http_body import drain
from holdfast.rehearsal.probes.http_head import MalformedError, read_head, reader_limit

_TIMEOUT_SECONDS = 30.0
_MOST_KEPT = 16


class _Connection(NamedTuple):
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Clients:
    """All clients together."""

    def __init__(self, plan: LoadPlan) -> None:
        """Nothing is sent before `run`."""
        self.tallies: Tallies = {phase: Tally() for phase in Phase}
        self.phase = Phase.SERVING
        self._plan = plan
        self._kept: deque[_Connection] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send until cancelled; then wait for what is under way."""
        pause = 1.0 / self._plan.per_second
        loop = asyncio.get_running_loop()
        due = loop.time()
        number = 0
        while True:
            keeps = number % 2 == 0
            number += 1
            if self.phase is not Phase.LEFT or (keeps and self._kept):
                task = loop.create_task(self._request(keeps=keeps))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            due += pause
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def finish(self) -> None:
        """Wait for the answers that are still to come."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in self._kept:
            connection.writer.close()

    async def _request(self, *, keeps: bool) -> None:
        phase, begun = self.phase, time.monotonic()
        fate: Fate | None
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                fate = await self._send(keeps=keeps)
        except TimeoutError:
            fate = Fate.TIMED_OUT
        if fate is not None:
            seconds = time.monotonic() - begun
            self.tallies[phase].add(fate, seconds, self._plan.slow_seconds)

    async def _send(self, *, keeps: bool) -> Fate | None:
        """How it ended; None when it went to another pod."""
        connection = self._usable() if keeps else None
        if connection is None:
            if self.phase is Phase.LEFT:
                return None
            try:
                connection = _Connection(
                    *await asyncio.open_connection(
                        self._plan.host, self._plan.port, limit=reader_limit()
                    )
                )
            except OSError:
                return Fate.REFUSED
        return await self._exchange(connection, keeps=keeps)

    async def _exchange(self, connection: _Connection, *, keeps: bool) -> Fate:
        again = False
        try:
            connection.writer.write(self._bytes(keeps=keeps))
            head = await read_head(connection.reader)
            await drain(head, connection.reader)
            again = keeps and head.header("Connection").lower() != "close"
            return Fate.FAILED if head.code >= 500 else Fate.ANSWERED
        except (OSError, EOFError, MalformedError):
            return Fate.RESET
        finally:
            if again and len(self._kept) < _MOST_KEPT:
                self._kept.append(connection)
            else:
                connection.writer.close()

    def _usable(self) -> _Connection | None:
        """A kept connection that the service has not closed, as clients look before they use it."""
        while self._kept:
            connection = self._kept.popleft()
            if not connection.reader.at_eof() and not connection.writer.is_closing():
                return connection
            with contextlib.suppress(OSError):
                connection.writer.close()
        return None

    def _bytes(self, *, keeps: bool) -> bytes:
        host = f"{self._plan.host}:{self._plan.port}"
        lines = [f"GET {self._plan.target} HTTP/1.1", f"Host: {host}", "User-Agent: holdfast"]
        lines.append(f"Connection: {'keep-alive' if keeps else 'close'}")
        return "\r\n".join([*lines, "", ""]).encode()
