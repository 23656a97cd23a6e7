"""What a rule of `holdfast check` is called, how bad it is, and whom it concerns.

Source of ids, severities and confidences: docs/specs/rules.md 11.
"""

from enum import StrEnum

import msgspec

from holdfast.model.node import KubernetesVersion


class Severity(StrEnum):
    """What happens when nobody mends it; the order of definition is worst first."""

    FATAL = "fatal"
    """The pod cannot run, or must restart."""
    HIGH = "high"
    """Ordinary circumstances restart it, or lose requests."""
    MEDIUM = "medium"
    """Circumstances that come in every year do."""
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How a rule knows."""

    CERTAIN = "certain"
    """By arithmetic or by the API's own semantics: a wrong finding is a defect of the rule."""
    LIKELY = "likely"
    """A heuristic that reads names, images or commands."""
    MEASURE = "measure"
    """A measurement would decide it."""


class Audience(StrEnum):
    """Who wants to hear of it."""

    EVERYBODY = "everybody"
    """Hazards that restart pods or lose requests."""
    PLATFORM = "platform"
    """What a platform team asks of its tenants: presence of limits, budgets, spread."""
    PEDANTIC = "pedantic"
    """True, and seldom worth a change by itself."""


class Rule(msgspec.Struct, frozen=True):
    """One rule. `prevents` are ids of causes (docs/specs/causes.md) that it keeps from happening.

    `since` is the first version of Kubernetes to which it applies; None means all.
    """

    id: str
    title: str
    severity: Severity
    confidence: Confidence
    prevents: tuple[str, ...]
    audience: Audience = Audience.EVERYBODY
    since: KubernetesVersion | None = None
