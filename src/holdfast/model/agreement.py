"""How a claim stands a replay: what the kubelet model predicts under it, beside what was observed.

Rules: a comparison that nothing follows from (`holds` is None) speaks neither for nor against. The
seeds are 0, 1, 2 and so on, so that the count and the version are enough to replay it.
"""

from enum import StrEnum

import msgspec


class Fact(StrEnum):
    """What is compared."""

    RESTARTS = "restarts"
    UPTIME = "seconds that the last life ran"
    PAUSE = "seconds from its end to the next start"
    CODE = "exit code"
    REASON = "reason"
    STATE = "state"
    BACK_OFF = "seconds of back-off"
    PHASE = "second of the probe's period at the end"


class Comparison(msgspec.Struct, frozen=True):
    """One fact: what replays predict, in words, and what was observed."""

    fact: Fact
    predicted: str
    observed: str
    holds: bool | None
    """None where a difference contradicts nothing."""
    share: float = 1.0
    """The share of replays that show just what was observed, where claims differ in it only."""


class Agreement(msgspec.Struct, frozen=True):
    """How well the replays of one claim meet what was observed."""

    told: str
    assumes: str
    seeds: int
    version: str
    comparisons: tuple[Comparison, ...]

    @property
    def contradictions(self) -> tuple[Comparison, ...]:
        """Facts that no replay shows."""
        return tuple(c for c in self.comparisons if c.holds is False)

    @property
    def agrees(self) -> bool:
        """Whether replays show everything that was observed, the number of restarts included.

        The moment in the probe's period is left out: a slow mount moves it under every claim.
        """
        compared = [c for c in self.comparisons if c.fact is not Fact.PHASE]
        return bool(compared) and all(c.holds for c in compared)

    @property
    def phase_share(self) -> float:
        """The share of replays that end at the observed moment of the probe's period; 1 without."""
        return min((c.share for c in self.comparisons if c.fact is Fact.PHASE), default=1.0)
