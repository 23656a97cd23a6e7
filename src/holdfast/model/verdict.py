"""What one cause says about one container: a claim with its evidence and its prediction."""

from enum import StrEnum

import msgspec

from holdfast.model.duration import Duration
from holdfast.model.evidence import Evidence, Grounds, Weight


class Role(StrEnum):
    """How a cause stands to the others of the same container."""

    CAUSE = "cause"
    """It competes: it explains why the container ended or cannot run."""
    CONTRIBUTING = "contributing"
    """It is true beside the cause and makes it worse or hides it (G01 beside C07)."""
    HAZARD = "hazard"
    """It has had no effect yet."""


class Mechanism(StrEnum):
    """How a container ends or fails to start under a cause: what a replay has to show."""

    SELF_EXIT = "the process ends by itself"
    PROBE_KILL = "the kubelet kills it for its probe"
    MEMORY_KILL = "the kernel kills it for memory"
    CANNOT_START = "it cannot be started"
    HOOK_FAILS = "its postStart hook fails"
    OTHER = "something that a replay of the pod alone does not show"


class ProbeFailure(StrEnum):
    """How a probe fails, as far as it changes when the kubelet acts (kubelet.md 1.8)."""

    NEVER_UP = "nothing listens before the kill"
    STATUS = "a failure is answered at once"
    LATE = "the answer comes after the timeout"
    STARVED = "the answer comes after the timeout, for want of CPU time"
    HANG = "no answer comes"
    COMMAND = "a command fails"


class Prediction(msgspec.Struct, frozen=True):
    """What the container must have done if the claim is true.

    Uptimes in seconds from start to end of one life; `exit_codes` empty means any.
    """

    uptime_from: Duration | None = None
    uptime_to: Duration | None = None
    exit_codes: tuple[int, ...] = ()
    because: str = ""


def _chooses(fact: Evidence) -> bool:
    """Whether it is a replay that no other claim shares: more than the arithmetic beside it."""
    return fact.grounds is Grounds.REPLAYED and fact.weight >= Weight.MODERATE


class Verdict(msgspec.Struct, frozen=True):
    """The claim of one cause about one container (or pod).

    `score` is in decibans, `confidence` the measured frequency of docs/calibration.md; it is 0
    until ranking has filled it. `parameters` are numbers that a fix needs, in the unit of their
    name ("needed_seconds"). `leads_to` names the ids of causes further down the chain. `mechanism`
    and `probe_failure` are what a replay of the claim shows.
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
    mechanism: Mechanism = Mechanism.OTHER
    probe_failure: ProbeFailure | None = None
    score: int = 0
    confidence: float = 0.0

    @property
    def grounds(self) -> Grounds:
        """How its heaviest evidence is known."""
        best = max(
            self.evidence_for,
            key=lambda fact: (fact.weight, _chooses(fact)),
            default=None,
        )
        return best.grounds if best is not None else Grounds.SUGGESTED
