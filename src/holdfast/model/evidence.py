"""Facts with a pointer to where they were seen, and how much each one weighs for a claim.

Rules: "observed" and "inferred" are different words (causes.md 2.2 rule 5). A weight is a
likelihood ratio in decibans (10 * log10 of how much more probable the fact is when the claim is
true): Good, "Probability and the Weighing of Evidence", 1950. Weights of independent facts add.
"""

from enum import IntEnum, StrEnum

import msgspec

from holdfast.model.span import Origin


class Grounds(StrEnum):
    """How a fact is known, strongest first."""

    OBSERVED = "observed"
    """The API states it, in a status field or an event of the kubelet, or it was measured."""
    READ = "read"
    """A line of a log or a termination message says it."""
    REPLAYED = "replayed"
    """A replay of the pod under the kubelet model meets what was observed, or does not."""
    INFERRED = "inferred"
    """Arithmetic over times and settings fits."""
    SUGGESTED = "suggested"
    """Compatible circumstances: a setting, an exit code, a name."""


class Weight(IntEnum):
    """How strongly one fact speaks, in decibans."""

    CONCLUSIVE = 40
    STRONG = 20
    MODERATE = 10
    WEAK = 4


class Evidence(msgspec.Struct, frozen=True):
    """One fact, in words, for or against one claim."""

    text: str
    grounds: Grounds
    weight: Weight
    origin: Origin | None = None
