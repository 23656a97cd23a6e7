"""Building a verdict: a claim collects evidence for and against, and adds up what it weighs.

Rules: each piece of evidence says how it is known (observed, read, inferred, suggested). Evidence
is added only when it was seen; what was not read goes to `would_decide`.
"""

from typing import Self

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.log_lines import LogMatch
from holdfast.model.evidence import Evidence, Grounds, Weight
from holdfast.model.span import Origin
from holdfast.model.verdict import Prediction, ProbeFailure, Role, Verdict

# A line of a log is quoted up to this length; the origin leads to the rest.
_QUOTE_LENGTH = 240


# What a cause says of how its probe fails that no answer could say better.
_EXACT_FAILURES = (ProbeFailure.NEVER_UP, ProbeFailure.STARVED, ProbeFailure.HANG)


class Claim:
    """One cause's case about one container. Every method returns the claim, for chaining."""

    def __init__(self, cause: Cause) -> None:
        """Start without evidence."""
        self._cause = cause
        self._for: list[Evidence] = []
        self._against: list[Evidence] = []
        self._would_decide: list[str] = []
        self._leads_to: list[str] = []
        self._parameters: dict[str, float | str] = {}
        self._prediction: Prediction | None = None
        self._probe_failure = cause.probe_failure

    def observed(self, text: str, weight: Weight, origin: Origin | None = None) -> Self:
        """The API states it, or it was measured."""
        return self._add(text, Grounds.OBSERVED, weight, origin)

    def read(self, text: str, weight: Weight, origin: Origin | None = None) -> Self:
        """A log or message says it."""
        return self._add(text, Grounds.READ, weight, origin)

    def inferred(self, text: str, weight: Weight, origin: Origin | None = None) -> Self:
        """Arithmetic fits."""
        return self._add(text, Grounds.INFERRED, weight, origin)

    def suggested(self, text: str, weight: Weight, origin: Origin | None = None) -> Self:
        """Circumstances are compatible."""
        return self._add(text, Grounds.SUGGESTED, weight, origin)

    def quotes(self, *matches: LogMatch) -> Self:
        """Log lines that signatures recognised: the heaviest one counts, two more are shown."""
        ranked = sorted(matches, key=lambda m: (-m.signature.weight, -m.position))
        # A line that several signatures know is still one line.
        lines = {match.origin: match for match in reversed(ranked)}
        distinct = [match for match in ranked if lines[match.origin] is match]
        for place, match in enumerate(distinct[:3]):
            weight = match.signature.weight if place == 0 else Weight.WEAK
            self.read(f'the log says "{quote(match.line)}"', weight, match.origin)
        return self

    def against(
        self,
        text: str,
        weight: Weight,
        origin: Origin | None = None,
        grounds: Grounds = Grounds.OBSERVED,
    ) -> Self:
        """A fact that speaks against the claim."""
        self._against.append(Evidence(text, grounds, weight, origin))
        return self

    def would_decide(self, *facts: str) -> Self:
        """Facts that were not read and would tell; each says how to get it."""
        self._would_decide.extend(facts)
        return self

    def leads_to(self, *causes: str) -> Self:
        """Ids of causes further down the chain, nearest first."""
        self._leads_to.extend(causes)
        return self

    def predicts(self, prediction: Prediction) -> Self:
        """What must be seen if the claim is true."""
        self._prediction = prediction
        return self

    def failing(self, failure: ProbeFailure | None) -> Self:
        """How the probe was seen to fail, where the cause does not say it more exactly."""
        if self._probe_failure not in _EXACT_FAILURES:
            self._probe_failure = failure or self._probe_failure
        return self

    def with_parameter(self, name: str, value: float | str) -> Self:
        """A number that the fix needs, in the unit of its name."""
        self._parameters[name] = value
        return self

    @property
    def title(self) -> str:
        """What completes "because ..."."""
        return self._cause.title

    @property
    def score(self) -> int:
        """Decibans for minus decibans against, on top of the cause's prior."""
        speaks_for = sum(fact.weight for fact in self._for)
        return self._cause.prior + speaks_for - sum(fact.weight for fact in self._against)

    def verdict(self, summary: str, role: Role = Role.CAUSE) -> Verdict | None:
        """The verdict, or None when nothing speaks for the claim."""
        if not self._for:
            return None
        return Verdict(
            cause=self._cause.id,
            title=self._cause.title,
            summary=summary,
            role=role,
            evidence_for=tuple(self._for),
            evidence_against=tuple(self._against),
            would_decide=tuple(dict.fromkeys(self._would_decide)),
            lookalikes=self._cause.lookalikes,
            leads_to=tuple(dict.fromkeys(self._leads_to)),
            prediction=self._prediction,
            parameters=self._parameters,
            mechanism=self._cause.mechanism,
            probe_failure=self._probe_failure,
            score=self.score,
        )

    def _add(self, text: str, grounds: Grounds, weight: Weight, origin: Origin | None) -> Self:
        self._for.append(Evidence(text, grounds, weight, origin))
        return self


def quote(line: str) -> str:
    """A log line, trimmed and shortened for a report."""
    stripped = line.strip()
    if len(stripped) <= _QUOTE_LENGTH:
        return stripped
    return stripped[: _QUOTE_LENGTH - 1] + "…"
