"""One pod of a rollout: start a server, load it, send SIGTERM, count what was lost."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from tests.real.zero_loss.clients import Clients
from tests.real.zero_loss.fleet import Fleet

ROOT = Path(__file__).parents[3]
BARE, LIFE, RUN = "bare", "Life", "run + Life"
_KEEPING = _CONNECTING = 15
_WARM_UP_SECONDS = 0.7
_START_SECONDS = 30.0
# Far above any phase: a server that has not ended by then does not end.
_END_SECONDS = 30.0


class Outcome(NamedTuple):
    """What one stop cost. `exit_code` is None for a server that had to be killed."""

    fleet: str
    mode: str
    answered: dict[str, int]
    failed: dict[str, int]
    exit_code: int | None
    exit_seconds: float

    @property
    def lost(self) -> int:
        """Requests without a whole answer."""
        return sum(self.failed.values())

    @property
    def requests(self) -> int:
        """All that were sent."""
        return sum(self.answered.values()) + self.lost

    def lost_by(self, kind: str) -> int:
        """The same of the clients of one kind, "keeping" or "connecting"."""
        return sum(count for word, count in self.failed.items() if word.startswith(kind))

    def row(self) -> str:
        """One line of the report."""
        code = "killed" if self.exit_code is None else f"exit {self.exit_code}"
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.failed.items()))
        return (
            f"{self.fleet:26} {self.mode:11} {self.lost:5} lost of {self.requests:5}"
            f"   {code:8} {self.exit_seconds:5.1f} s   {kinds}"
        )


def stop_one(fleet: Fleet, mode: str, *, lag: float, drain: float, handler: float = 0.2) -> Outcome:
    """Start, load, stop, count. All in seconds."""
    port = _free_port()
    command = [word.format(port=port) for word in fleet.command]
    if mode == RUN:
        command = [
            sys.executable, "-m", "holdfast.run", "--drain", f"{drain:g}s", "-q", "--", *command,
        ]  # fmt: skip
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "HELD": "0" if mode == BARE else "1",
        "DRAIN": str(drain),
        "HANDLER_SECONDS": str(handler),
        "SANIC_IGNORE_PRODUCTION_WARNING": "true",
    }
    environment.pop("HOLDFAST_PAGE", None)
    # A process group of its own: Sanic kills its whole group.
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    ) as process:
        try:
            return asyncio.run(_stop(fleet, mode, process, port, lag))
        finally:
            _kill_group(process)


async def _stop(
    fleet: Fleet, mode: str, process: "subprocess.Popen[bytes]", port: int, lag: float
) -> Outcome:
    await _until_served(process, port)
    clients = Clients(port, keeping=_KEEPING, connecting=_CONNECTING)
    await asyncio.sleep(_WARM_UP_SECONDS)
    began = monotonic()
    os.kill(process.pid, signal.SIGTERM)
    clients.propagate(lag)
    ending = asyncio.create_task(_end(process))
    await clients.finish()
    code = await ending
    return Outcome(
        fleet.name,
        mode,
        dict(clients.answered),
        dict(clients.failed),
        code,
        monotonic() - began if code is None else _ENDED.pop(process.pid) - began,
    )


# When processes ended, by their id: noticed by the coroutine that waits for it.
_ENDED: dict[int, float] = {}


async def _end(process: "subprocess.Popen[bytes]") -> int | None:
    limit = monotonic() + _END_SECONDS
    while process.poll() is None:
        if monotonic() > limit:
            return None
        await asyncio.sleep(0.01)
    _ENDED[process.pid] = monotonic()
    return process.returncode


async def _until_served(process: "subprocess.Popen[bytes]", port: int) -> None:
    limit = monotonic() + _START_SECONDS
    while monotonic() < limit:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode} before it served")
        probe = Clients(port, keeping=0, connecting=1)
        probe.propagate(0.01)
        await probe.finish()
        if probe.answered:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the server does not serve")


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port
