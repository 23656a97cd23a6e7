"""The runtime as holdfast sees it: programs that are started, signalled, and that end.

Rules: nothing here blocks the loop, so that probes are asked on time while programs start. A
runtime that is gone ends every program of the rehearsal; waiting for one then raises.
"""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Self

from holdfast.model.errors import HoldfastError
from holdfast.rehearsal.runtime.sweep import kill_session, sweep
from holdfast.rehearsal.runtime.wire import (
    Abilities,
    Failure,
    Packet,
    Program,
    content_of,
    receive,
    send,
)

_PATIENCE_SECONDS = 10.0


class RehearsalError(HoldfastError):
    """A rehearsal that cannot begin or go on."""


class StartFailedError(Exception):
    """The kernel refused to start a program."""

    def __init__(self, failure: Failure) -> None:
        """Why."""
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True)
class Running:
    """A program that was started. `ended` gives its exit status: below 0 for a signal."""

    number: int
    process: int
    ended: asyncio.Future[int]


class ContainerRuntime:
    """The other end of the runtime's socket."""

    def __init__(
        self, process: subprocess.Popen[bytes], connection: socket.socket, abilities: Abilities
    ) -> None:
        """Use `launch`."""
        self.abilities = abilities
        self._process = process
        self._connection = connection
        self._numbers = 0
        self._starting: dict[int, asyncio.Future[Running]] = {}
        self._running: dict[int, asyncio.Future[int]] = {}
        self._replies: list[asyncio.Future[dict[str, Any]]] = []
        self._sessions: dict[int, int] = {}
        """By number, the programs without a PID namespace: their children may outlive them."""
        self._cgroups: list[str] = []
        self._scratch = ""

    @classmethod
    def launch(cls) -> Self:
        """Start a runtime and hear what it can do. Raises RehearsalError when it does not start."""
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "holdfast.rehearsal.runtime.serve", str(theirs.fileno())]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        with contextlib.suppress(OSError):
            ready = receive(ours)
            if ready is not None:
                return cls(process, ours, Abilities(**ready.content["abilities"]))
        raise RehearsalError(
            "starting the container runtime",
            " ".join(command[:3]),
            f"it ended at once with {process.wait()}",
            "run the command above; report what it prints",
        )

    @property
    def process(self) -> int:
        """Its process id."""
        return self._process.pid

    def attach(self) -> None:
        """Hear it from now on, on the running loop."""
        asyncio.get_running_loop().add_reader(self._connection, self._hear)

    async def start(self, program: Program, output: int, network: int | None = None) -> Running:
        """Start a program. Raises StartFailedError."""
        self._numbers += 1
        number = self._numbers
        started: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
        self._starting[number] = started
        descriptors = [output] if network is None else [output, network]
        content = {"request": "run", "number": number, "program": content_of(program)}
        send(self._connection, content, *descriptors)
        running = await started
        if not program.isolated:
            self._sessions[number] = running.process
        return running

    def signal(self, running: Running, which: signal.Signals) -> None:
        """Send a signal; nothing happens to a program that has ended."""
        if not running.ended.done():
            content = {"request": "signal", "number": running.number, "signal": int(which)}
            send(self._connection, content)

    async def new_network(self) -> str:
        """Make a network namespace; the path of a file that stands for it."""
        answer = await self._ask({"request": "network"})
        return f"/proc/{self.process}/fd/{answer['descriptor']}"

    async def remember(self, cgroups: tuple[str, ...], scratch: str) -> None:
        """What is to be removed when holdfast ends, however it ends."""
        self._cgroups += cgroups
        self._scratch = scratch
        await self._ask({"request": "sweep", "cgroups": list(cgroups), "scratch": scratch})

    def close(self) -> None:
        """End everything that runs and remove what was made; returns when that is done."""
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().remove_reader(self._connection)
        self._connection.close()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # The runtime itself may have been killed.
        for leader in self._sessions.values():
            kill_session(leader)
        sweep(self._cgroups, self._scratch)

    async def _ask(self, content: dict[str, Any]) -> dict[str, Any]:
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._replies.append(reply)
        send(self._connection, content)
        return await reply

    def _hear(self) -> None:
        try:
            packet = receive(self._connection)
        except OSError:
            packet = None
        if packet is None:
            self._lose()
        else:
            self._take(packet)

    def _take(self, packet: Packet) -> None:
        content = packet.content
        reply = content["reply"]
        if reply == "started":
            ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            self._running[content["number"]] = ended
            running = Running(content["number"], content["process"], ended)
            self._starting.pop(content["number"]).set_result(running)
        elif reply == "failed":
            failure = Failure(**content["failure"])
            self._starting.pop(content["number"]).set_exception(StartFailedError(failure))
        elif reply == "ended":
            self._sessions.pop(content["number"], None)
            self._running.pop(content["number"]).set_result(content["status"])
        else:
            self._replies.pop(0).set_result(content)

    def _lose(self) -> None:
        """The runtime was killed; everything that it ran died with it."""
        asyncio.get_running_loop().remove_reader(self._connection)
        error = RehearsalError(
            "talking to the container runtime",
            f"process {self.process}",
            "it is gone, and every program of the rehearsal with it",
            "see whether the computer ran out of memory, then start the rehearsal again",
        )
        waiting: list[asyncio.Future[Any]] = [*self._starting.values(), *self._running.values()]
        waiting += self._replies
        self._starting.clear()
        self._running.clear()
        self._replies.clear()
        for future in waiting:
            if not future.done():
                future.set_exception(error)
