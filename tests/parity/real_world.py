"""The world of transcripts in real time: the driver of rehearsals, and stand-ins for processes.

How. What a process does, and what a runtime takes for what it is asked, is the simulation's, so
that both worlds tell the same story; who waits, wakes the machine and does what it wants is the
driver that drives real processes. Its clock runs faster, so that minutes of a story take seconds.

`LateWorld` is virtual again: its timers are as late as those of a real world were.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.kubelet.world import Setting, VirtualWorld

from holdfast.kubelet.inputs import Draw
from holdfast.kubelet.outputs import Output
from holdfast.rehearsal.clock import Clock
from holdfast.rehearsal.driver import RealTimeDriver
from holdfast.simulation.driver import Happening, Simulation, Watch
from holdfast.simulation.pod_run import PodRun
from holdfast.simulation.streams import ExtremeStreams


class RealTimeSimulation(Simulation):
    """The simulation without its queue: the loop keeps its timers, the driver its machine."""

    def __init__(self, draw: Draw, watch: Watch, setting: Setting, clock: Clock) -> None:
        """It begins when the clock began."""
        self._clock = clock
        self._driver: RealTimeDriver | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        super().__init__(draw, watch, latency=setting.latency, skips=False)

    @property
    def now(self) -> float:
        """The present moment of the story."""
        return self._clock.now()

    @now.setter
    def now(self, at: float) -> None:
        """Nobody sets real time."""

    def at(self, time: float, action: Callable[..., None], *arguments: Any) -> None:
        """Do something at a time, never before it."""
        loop = asyncio.get_running_loop()
        self._timers.add(loop.call_later(self._clock.until(time), action, *arguments))

    def run(self, until: float) -> None:
        """Time passes by itself."""

    def stop(self) -> None:
        """Let everything rest."""
        for timer in self._timers:
            timer.cancel()
        if self._driver is not None:
            self._driver.stop()

    def _settle(self, run: PodRun) -> None:
        if self._driver is None:
            perform = partial(self._do, run)
            self._driver = RealTimeDriver(run.machine, self._clock, run.draw, perform)
        self._driver.settle()

    def _do(self, run: PodRun, output: Output) -> None:
        self._watch(Happening(self.now, run.name, output))
        self._perform(run, output)


class RealWorld(VirtualWorld):
    """A world that has to be waited for: `reach` a moment before the story goes on from it."""

    def __init__(self, speed: float, setting: Setting, draw: Draw | None = None) -> None:
        """Its clock begins with the pod."""
        super().__init__(setting, draw)
        self._speed = speed

    def simulate(self, setting: Setting, draw: Draw) -> Simulation:
        """The simulation of the story, which begins now."""
        self._clock = Clock(self._speed, setting.begin)
        self._real = RealTimeSimulation(draw, self.trace.append, setting, self._clock)
        return self._real

    async def reach(self, moment: float) -> None:
        """Wait for a moment of the story."""
        await asyncio.sleep(self._clock.until(moment))

    def stop(self) -> None:
        """The story is over."""
        self._real.stop()


class LateSimulation(Simulation):
    """Everything comes up to `late` seconds after its time, in some replays more than in others."""

    def __init__(
        self, draw: Draw, watch: Watch, setting: Setting, late: float, chance: ExtremeStreams
    ) -> None:
        """It begins when the story begins."""
        self._late = late * chance("how late")
        self._chance = chance
        super().__init__(draw, watch, latency=setting.latency, skips=False, start=setting.begin)

    def at(self, time: float, action: Callable[..., None], *arguments: Any) -> None:
        """Do something after a time."""
        super().at(time + self._late * self._chance("timer"), action, *arguments)

    def _arm(self, run: PodRun, deadline: float | None) -> None:
        if deadline is not None:
            deadline += self._late * self._chance("wake")
        super()._arm(run, deadline)


class LateWorld(VirtualWorld):
    """A story as this computer may tell it."""

    def __init__(self, seed: int, late: float, setting: Setting, draw: Draw | None = None) -> None:
        """`late` is the greatest delay that was measured, in seconds of the story."""
        super().__init__(setting, draw)
        self._late = late
        self._chance = ExtremeStreams(seed)

    def simulate(self, setting: Setting, draw: Draw) -> Simulation:
        """The simulation of the story, which begins now."""
        return LateSimulation(draw, self.trace.append, setting, self._late, self._chance)
