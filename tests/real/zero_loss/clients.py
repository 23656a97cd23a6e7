"""Clients as a rollout meets them: they go on for a while after the pod was told to stop.

Until endpoints have propagated, new connections still come; kept connections are used for as long
as the server does not say `Connection: close`, because nobody tells a client that holds one
(service.md 8.6). Each request that gets no whole answer with status 200 counts, by how it failed.
"""

import asyncio
import random
from collections import Counter
from time import monotonic

_REQUEST = b"GET / HTTP/1.1\r\nhost: shop\r\nconnection: %s\r\n\r\n"
_LONGEST_PAUSE_SECONDS = 0.02
# As long as a request takes: a refused client is not a busy loop of refusals.
_AFTER_REFUSAL_SECONDS = 0.2
# A request that is not answered by then is lost, whatever the reason.
_PATIENCE_SECONDS = 20.0
# Kept connections are used for this long after new ones have stopped.
_LINGER_SECONDS = 0.5


class Clients:
    """Some that keep their connection and some that do not, against one port."""

    def __init__(self, port: int, *, keeping: int, connecting: int) -> None:
        """Not started."""
        self.answered: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._port = port
        self._connect_until = float("inf")
        self._tasks = [asyncio.create_task(self._keep()) for _ in range(keeping)]
        self._tasks += [asyncio.create_task(self._connect_each_time()) for _ in range(connecting)]

    def propagate(self, lag_seconds: float) -> None:
        """The pod was told to stop now; new connections come for `lag_seconds` more."""
        self._connect_until = monotonic() + lag_seconds

    async def finish(self) -> None:
        """Until all have gone elsewhere."""
        await asyncio.gather(*self._tasks)

    async def _connect_each_time(self) -> None:
        while monotonic() < self._connect_until:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await self._refused("connecting")
                continue
            await self._ask("connecting", reader, writer, b"close")
            writer.close()
            await _pause()

    async def _keep(self) -> None:
        while monotonic() < self._connect_until:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await self._refused("keeping")
                continue
            while monotonic() < self._connect_until + _LINGER_SECONDS:
                # A client that sees the end of an idle connection does not use it.
                if reader.at_eof() or not await self._ask("keeping", reader, writer, b"keep-alive"):
                    break
                await _pause()
            writer.close()

    async def _refused(self, kind: str) -> None:
        self.failed[f"{kind}: refused"] += 1
        await asyncio.sleep(_AFTER_REFUSAL_SECONDS)

    async def _ask(
        self, kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, option: bytes
    ) -> bool:
        """One request; answers whether the connection may be used again."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                writer.write(_REQUEST % option)
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.lower().split(b"\r\n")
                length = next(line for line in lines if line.startswith(b"content-length:"))
                await reader.readexactly(int(length.partition(b":")[2]))
        except TimeoutError:
            self.failed[f"{kind}: no answer"] += 1
            return False
        except (OSError, EOFError):
            self.failed[f"{kind}: cut off"] += 1
            return False
        status = lines[0].split()[1]
        if status != b"200":
            self.failed[f"{kind}: status {status.decode()}"] += 1
        else:
            self.answered[kind] += 1
        return b"connection: close" not in lines and option == b"keep-alive"


async def _pause() -> None:
    await asyncio.sleep(random.uniform(0, _LONGEST_PAUSE_SECONDS))  # noqa: S311 - not a secret
