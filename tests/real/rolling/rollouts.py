"""Rolling restarts of three replicas behind nginx, at random moments, under load (service.md T8).

Each restart is what a Deployment does: a new replica starts on an address of its own and is routed
to once it serves; then an old one is told to stop, and the proxy hears of it later, as it does from
endpoints. Clients open a connection for each request; the proxy keeps its own to the replicas.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter, deque
from pathlib import Path
from typing import NamedTuple

from tests.dependencies.peers import free_port
from tests.real.rolling.nginx import Nginx, nginx
from tests.real.zero_loss.clients import Clients

ROOT = Path(__file__).parents[3]
BARE, HELD = "bare", "run + Life"
_APP = "tests.real.zero_loss.services:asgi"
_REPLICAS = 3
_CLIENTS = 12
_HANDLER_SECONDS = 0.05
_LONGEST_LAG_SECONDS = 1.0
# The window has to exceed the lag, and the time in which nginx reads its configuration.
_DRAIN_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 0.5
_PATIENCE_SECONDS = 60.0


class Outcome(NamedTuple):
    """What the restarts cost the clients. `codes`: how the replicas ended."""

    mode: str
    restarts: int
    answered: int
    failed: dict[str, int]
    codes: dict[int, int]

    def row(self) -> str:
        """One line of the report."""
        lost = sum(self.failed.values())
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.failed.items()))
        codes = ", ".join(f"{count} x exit {code}" for code, count in sorted(self.codes.items()))
        return (
            f"{self.restarts} restarts, {self.mode:11} {lost} lost of {self.answered + lost}"
            f"   {codes}   {kinds}"
        )


def restart_all(count: int, mode: str, seed: int) -> Outcome:
    """So many restarts, one after the other."""
    return asyncio.run(_Rollout(mode, seed).run(count))


class _Replica(NamedTuple):
    port: int
    process: "subprocess.Popen[bytes]"


class _Rollout:
    def __init__(self, mode: str, seed: int) -> None:
        self._mode = mode
        self._rng = random.Random(seed)  # noqa: S311 - moments, no secrets
        self._serving: deque[_Replica] = deque()
        self._codes: Counter[int] = Counter()
        self._endings: set[asyncio.Task[None]] = set()
        self._started: list[_Replica] = []

    async def run(self, count: int) -> Outcome:
        try:
            for _ in range(_REPLICAS):
                self._serving.append(await self._start())
            with nginx(self._ports()) as proxy:
                clients = Clients(proxy.port, keeping=0, connecting=_CLIENTS)
                for _ in range(count):
                    await self._restart_one(proxy)
                await asyncio.gather(*self._endings)
                clients.propagate(0)
                await clients.finish()
        finally:
            for replica in self._started:
                if replica.process.poll() is None:
                    os.killpg(replica.process.pid, signal.SIGKILL)
                    replica.process.wait()
        answered = sum(clients.answered.values())
        return Outcome(self._mode, count, answered, dict(clients.failed), dict(self._codes))

    async def _restart_one(self, proxy: Nginx) -> None:
        self._serving.append(await self._start())
        proxy.route(self._ports())
        await asyncio.sleep(self._rng.uniform(0, _LONGEST_PAUSE_SECONDS))
        old = self._serving.popleft()
        old.process.send_signal(signal.SIGTERM)
        ending = asyncio.create_task(self._end(old))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        await asyncio.sleep(self._rng.uniform(0, _LONGEST_LAG_SECONDS))
        proxy.route(self._ports())

    async def _start(self) -> _Replica:
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", _APP, "--port", str(port)]
        command += ["--log-level", "error", "--no-access-log"]
        if self._mode == HELD:
            drain = f"{_DRAIN_SECONDS:g}s"
            command = [sys.executable, "-m", "holdfast.run", "--drain", drain, "-q", "--", *command]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HELD": str(int(self._mode == HELD)),
            "HANDLER_SECONDS": str(_HANDLER_SECONDS),
        }
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        self._started.append(_Replica(port, process))
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await _serves(port):
                assert process.poll() is None, "a replica ended before it served"
                await asyncio.sleep(0.02)
        return self._started[-1]

    async def _end(self, replica: _Replica) -> None:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while (code := replica.process.poll()) is None:
                await asyncio.sleep(0.02)
        self._codes[code] += 1

    def _ports(self) -> list[int]:
        return [replica.port for replica in self._serving]


async def _serves(port: int) -> bool:
    probe = Clients(port, keeping=0, connecting=1)
    probe.propagate(0.01)
    await probe.finish()
    return bool(probe.answered)
