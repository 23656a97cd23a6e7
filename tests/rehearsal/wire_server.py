"""A TCP server that answers as a case says, byte by byte, and keeps what was asked.

The answers are those that no server would give: cut, reset, malformed. A service that behaves as a
whole is `examples/rehearsals/actor.py`.
"""

import asyncio
import socket
import struct
from typing import Any


class WireServer:
    """Connections beyond the last answer get that one again."""

    def __init__(self, case: dict[str, Any]) -> None:
        """Nothing listens before `open`."""
        self._case = case
        self.requests: list[str] = []
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen on a free port, or have a port on which nobody listens."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        if self._case.get("closed"):
            self._server.close()
            await self._server.wait_closed()

    async def close(self) -> None:
        """End every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers = self._case["answers"]
        if not answers:
            return
        index = len(self.requests)
        self.requests.append("")
        if not self._case.get("first"):
            try:
                request = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as error:
                request = error.partial
            self.requests[index] = request.decode("latin-1")
        for step in answers[min(index, len(answers) - 1)]:
            if step.get("hang"):
                await asyncio.Event().wait()
            elif step.get("reset"):
                raw = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            elif step.get("wait"):
                await asyncio.sleep(step["wait"])
            else:
                text = step["send"].replace("{port}", str(self.port))
                writer.write(text.encode())
                await writer.drain()
