"""Requests in flight: counted, cancelled at the end of the wait, and named when abandoned.

Rules: entering and leaving one costs well under a microsecond, because every request does. Names
are method and path, without the query, which may hold secrets.
"""

import asyncio
from collections.abc import Callable
from itertools import count
from time import monotonic


class Flight:
    """One request: what it is called, its task if it has one, and when it began.

    `over` answers whether it has ended, for servers that say it to nobody.
    """

    __slots__ = ("_over", "cancelled", "loop", "name", "started", "task")

    def __init__(
        self,
        name: str,
        task: "asyncio.Task[object] | None" = None,
        loop: asyncio.AbstractEventLoop | None = None,
        over: Callable[[], bool] | None = None,
    ) -> None:
        """It begins now."""
        self._over = over
        self.name = name
        self.task = task
        self.loop = loop
        self.started = monotonic()
        self.cancelled = False

    @property
    def over(self) -> bool:
        """Whether it has ended, though nobody has said that it left."""
        return self._over is not None and self._over()


class Flights:
    """All requests of this process that have not ended."""

    def __init__(self) -> None:
        """None yet."""
        self._numbers = count()
        self._flights: dict[int, Flight] = {}

    def enter(self, flight: Flight) -> int:
        """A request begins; answers the number to leave with."""
        number = next(self._numbers)
        self._flights[number] = flight
        return number

    def leave(self, number: int) -> None:
        """It has ended."""
        del self._flights[number]

    def __len__(self) -> int:
        return len(self._in_the_air())

    def oldest(self) -> list[tuple[str, float]]:
        """Names and ages in seconds, oldest first."""
        now = monotonic()
        return [(flight.name, now - flight.started) for flight in self._in_the_air()]

    def cancel(self) -> int:
        """Cancel those that run as tasks; answers how many. Call from any thread."""
        cancelled = 0
        for flight in self._in_the_air():
            if flight.task is None or flight.loop is None:
                continue
            flight.cancelled = True
            try:
                flight.loop.call_soon_threadsafe(flight.task.cancel)
            except RuntimeError:
                # The loop was closed meanwhile, and its tasks with it.
                continue
            cancelled += 1
        return cancelled

    def _in_the_air(self) -> list[Flight]:
        # A copy in one step of the interpreter: other threads go on adding.
        return [flight for flight in list(self._flights.values()) if not flight.over]
