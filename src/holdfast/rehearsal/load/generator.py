"""Holdfast's end of the load generator."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import asdict, replace

from holdfast.rehearsal.container_runtime import RehearsalError
from holdfast.rehearsal.load.plan import LoadPlan
from holdfast.rehearsal.load.tally import Phase, Tallies, tallies_of_plain

_MODULE = "holdfast.rehearsal.load.generate"
# Requests that were never answered time out before.
_PATIENCE_SECONDS = 60.0


class Generator:
    """A running generator."""

    def __init__(self, process: Process) -> None:
        """Use `start`."""
        self._process = process

    @classmethod
    async def start(cls, plan: LoadPlan, pod_ip: str) -> "Generator":
        """Requests come from now on."""
        addressed = json.dumps(asdict(replace(plan, host=plan.host or pod_ip)))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            _MODULE,
            addressed,
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,
        )
        return cls(process)

    def tell(self, phase: Phase) -> None:
        """Another phase begins."""
        if self._process.stdin is not None and self._process.returncode is None:
            self._process.stdin.write(f"{phase.value}\n".encode())

    async def stop(self) -> Tallies:
        """What was counted. Raises RehearsalError when the generator is gone."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                out, _ = await self._process.communicate(b"stop\n")
            return tallies_of_plain(json.loads(out))
        except (TimeoutError, ValueError, BrokenPipeError) as error:
            raise RehearsalError(
                "counting the requests",
                _MODULE,
                f"the load generator ended with {self._process.returncode}",
                "try a lower rate",
            ) from error

    def kill(self) -> None:
        """Whatever it counted is not wanted."""
        if self._process.returncode is None:
            self._process.kill()
