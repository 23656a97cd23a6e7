"""What one cause says about one container: a claim with its evidence and its prediction."""

from enum import StrEnum

import msgspec

from holdfast.model.duration import Duration
from holdfast.model.evidence import Evidence, Grounds


class Role(StrEnum):
    """How a cause stands to the others of the same container."""

    CAUSE = "cause"
    """It competes: it explains why the container ended or cannot run."""
    CONTRIBUTING = "contributing"
    """It is true beside the cause and makes it worse or hides it (G01 beside C07)."""
    HAZARD = "hazard"
    """It has had no effect yet."""


class Prediction(msgspec.Struct, frozen=True):
    """What the container must have done if the claim is true.

    Uptimes in seconds from start to end of one life; `exit_codes` empty means any.
    """

    uptime_from: Duration | None = None
    uptime_to: Duration | None = None
    exit_codes: tuple[int, ...] = ()
    because: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """The claim of one cause about one container (or pod).

    `score` is in decibans, `confidence` the measured frequency of docs/calibration.md; it is 0
    until ranking has filled it. `parameters` are numbers that a fix needs, in the unit of their
    name ("needed_seconds"). `leads_to` names the ids of causes further down the chain.
    """

    cause: str
    title: str
    summary: str
    role: Role = Role.CAUSE
    evidence_for: tuple[Evidence, ...] = ()
    evidence_against: tuple[Evidence, ...] = ()
    would_decide: tuple[str, ...] = ()
    lookalikes: tuple[str, ...] = ()
    leads_to: tuple[str, ...] = ()
    prediction: Prediction | None = None
    parameters: dict[str, float | str] = {}
    score: int = 0
    confidence: float = 0.0

    @property
    def grounds(self) -> Grounds:
        """How its heaviest evidence is known."""
        best = max(self.evidence_for, key=lambda fact: fact.weight, default=None)
        return best.grounds if best is not None else Grounds.SUGGESTED
