"""How requests ended, counted by what was going on when they were sent."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

# Enough for a 99th percentile; more would only cost memory.
_KEPT_LATENCIES = 20_000


class Phase(StrEnum):
    """What was going on."""

    SERVING = "serving"
    LEAVING = "leaving"
    """The pod is being deleted, and clients still find it."""
    LEFT = "left"
    """Only connections that were open before still lead to it."""


class Fate(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """No connection."""
    RESET = "reset"
    """The connection ended before the answer was whole."""
    FAILED = "failed"
    """A status code of 500 or more."""
    TIMED_OUT = "timed out"


@dataclass
class Tally:
    """One phase. `slow` counts answers that took longer than the plan allows."""

    fates: dict[str, int] = field(default_factory=dict)
    slow: int = 0
    latencies: list[float] = field(default_factory=list)

    def add(self, fate: Fate, seconds: float, slow_seconds: float) -> None:
        """A request has ended."""
        self.fates[fate] = self.fates.get(fate, 0) + 1
        if fate is Fate.ANSWERED:
            self.slow += seconds > slow_seconds
            if len(self.latencies) < _KEPT_LATENCIES:
                self.latencies.append(seconds)

    @property
    def sent(self) -> int:
        """All requests."""
        return sum(self.fates.values())

    @property
    def lost(self) -> int:
        """Requests without a good answer."""
        return self.sent - self.fates.get(Fate.ANSWERED, 0)


Tallies = dict[Phase, Tally]


def tallies_to_plain(tallies: Tallies) -> dict[str, Any]:
    """As it travels from the generator."""
    return {phase.value: asdict(tally) for phase, tally in tallies.items()}


def tallies_of_plain(value: dict[str, Any]) -> Tallies:
    """As it arrives."""
    return {Phase(name): Tally(**fields) for name, fields in value.items()}
