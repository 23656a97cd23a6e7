"""Drives the kubelet machine in real time: feed, drain, arm one timer.

Rules: never early: a timer that comes too soon is armed again, because a kubelet's tickers never
fire before their time. Late is what real time does. Everything happens on one thread, so that the
machine sees one thing after the other.
"""

import asyncio
from collections.abc import Callable

from holdfast.kubelet.inputs import Draw
from holdfast.kubelet.machine import PodMachine
from holdfast.kubelet.outputs import Output
from holdfast.rehearsal.clock import Clock

Tell = Callable[[PodMachine, float], None]
"""One input: calls one method of the machine with the present time."""


class RealTimeDriver:
    """A machine, its clock, and who does what it wants."""

    def __init__(
        self, machine: PodMachine, clock: Clock, draw: Draw, perform: Callable[[Output], None]
    ) -> None:
        """Nothing happens before `settle`."""
        self.machine = machine
        self.clock = clock
        self._draw = draw
        self._perform = perform
        self._timer: asyncio.TimerHandle | None = None
        self._settling = False

    def feed(self, tell: Tell) -> None:
        """Tell the machine what has happened, and do what it makes of it."""
        tell(self.machine, self.clock.now())
        self.settle()

    def settle(self) -> None:
        """Do what the machine wants until it wants nothing, then wait for its next deadline."""
        if self._settling:
            # What is done at once may feed the machine; the loop below takes up what follows.
            return
        self._settling = True
        try:
            while outputs := self.machine.drain():
                for output in outputs:
                    self._perform(output)
        finally:
            self._settling = False
        self._arm()

    def stop(self) -> None:
        """Let the machine rest."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self.stop()
        deadline = self.machine.next_deadline()
        if deadline is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self.clock.until(deadline), self._wake)

    def _wake(self) -> None:
        self.machine.wake(self.clock.now(), self._draw)
        self.settle()
