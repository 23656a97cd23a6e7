"""Runs commands beside a container's program, in its namespaces and its control group.

Rules: the output is a pipe of which 10 KiB are kept; a command is over when its own process ends,
whatever it left running.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from dataclasses import replace

from holdfast.rehearsal.container_runtime import ContainerRuntime, Running
from holdfast.rehearsal.runtime.wire import Program

_KEPT_BYTES = 10 * 1024


class Executor:
    """What it needs to run commands in one life of a container."""

    def __init__(self, runtime: ContainerRuntime, program: Program, running: Running) -> None:
        """`program` is what runs in the container, `running` its present life."""
        self._runtime = runtime
        self._program = program
        self._running = running

    async def run(self, command: Sequence[str], timeout: float | None) -> tuple[int, str]:
        """Exit code and output. Raises StartFailedError, and TimeoutError when it was killed."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        output = _Output(reading)
        try:
            isolated = self._program.isolated
            program = replace(
                self._program,
                arguments=tuple(command),
                beside=self._running.process if isolated else None,
                network=self._program.network and not isolated,
                mounts=(),
            )
            started = await self._runtime.start(program, writing)
            os.close(writing)
            writing = -1
            try:
                async with asyncio.timeout(timeout):
                    status = await asyncio.shield(started.ended)
            except TimeoutError:
                self._runtime.signal(started, signal.SIGKILL)
                raise
            output.read()
            return (status if status >= 0 else 128 - status), output.text()
        finally:
            output.close()
            if writing >= 0:
                os.close(writing)


class _Output:
    """The first bytes that come through a pipe; the rest is read and dropped."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._kept = b""
        asyncio.get_running_loop().add_reader(descriptor, self.read)

    def read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self._descriptor, 65536):
                self._kept += part[: _KEPT_BYTES - len(self._kept)]
            asyncio.get_running_loop().remove_reader(self._descriptor)

    def text(self) -> str:
        return self._kept.decode(errors="replace")

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)
