"""Starts containers again, only to measure how long they take until they listen.

Rules: after the rehearsal, so that nothing of it is disturbed; each start is ended with SIGKILL as
soon as it listens, or when it has had its time.
"""

import asyncio
import signal
import time

from holdfast.rehearsal.container_runtime import StartFailedError
from holdfast.rehearsal.environment import ConfigurationError
from holdfast.rehearsal.listening import listening_ports
from holdfast.rehearsal.measuring.measurements import Measurements
from holdfast.rehearsal.output import Output
from holdfast.rehearsal.seen import Listening
from holdfast.rehearsal.stage import Stage, ports_of
from holdfast.rehearsal.start_life import start_life

_PATIENCE_SECONDS = 120.0


async def measure_starts(stage: Stage, into: Measurements, count: int) -> None:
    """Start every container that has ports so many times."""
    for spec in stage.plan.pod.spec.containers:
        ports = ports_of(spec)
        lives = len(into.lives.get(spec.name, ()))
        for number in range(lives, lives + count) if ports else ():
            try:
                life = await start_life(stage, spec, number, Output(lambda _line: None))
            except (ConfigurationError, StartFailedError):
                break
            begun = time.monotonic()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    async for port in listening_ports(life.running.process, ports):
                        seconds, spent = time.monotonic() - begun, life.usage().cpu_seconds
                        start = Listening(spec.name, number, port, seconds, spent)
                        into.extra_starts.setdefault(spec.name, []).append(start)
                        break
            except TimeoutError:
                pass
            life.send(stage.runtime, signal.SIGKILL)
            life.end(await life.running.ended)
