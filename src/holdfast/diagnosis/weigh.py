"""Replays enter the ranking: what the kubelet model predicts under each claim is evidence.

Rules: a replay that meets everything that was observed is arithmetic over times and settings, so it
weighs as such, and less where several claims agree alike. A fact that no replay shows speaks
against the claim. Where claims differ in the moment of the probe's period only, the rarer one is
weaker.
"""

from collections.abc import Mapping

import msgspec

from holdfast.diagnosis.diagnose import headline_of, would_decide
from holdfast.diagnosis.rank import rank
from holdfast.model.agreement import Agreement, Comparison, Fact
from holdfast.model.evidence import Evidence, Grounds, Weight
from holdfast.model.finding import Finding
from holdfast.model.proof import Proof
from holdfast.model.verdict import Verdict

# A claim under which what was seen is this much rarer than under another one.
_RARER = 0.5
# More contradictions than these say the same again: the times depend on one another.
_MOST_CONTRADICTIONS = 2


def weigh_replays(finding: Finding, agreements: Mapping[str, Agreement]) -> Finding:
    """The finding with the replays of its claims, by cause, as evidence, ranked anew."""
    if not agreements:
        return finding
    agreeing = [a for a in agreements.values() if a.agrees]
    best = max((a.phase_share for a in agreeing), default=0.0)
    alike = [a for a in agreeing if not _is_rare(a, best)]
    # What several claims predict alike does not choose among them.
    weight = Weight.MODERATE if len(alike) == 1 else Weight.WEAK
    weighed = [
        _weighed(verdict, agreements[verdict.cause], weight, best)
        if verdict.cause in agreements
        else verdict
        for verdict in finding.verdicts
    ]
    ranking = rank([*weighed, *finding.beside])
    leader = agreements.get(ranking.verdicts[0].cause) if ranking.verdicts else None
    return msgspec.structs.replace(
        finding,
        proof=Proof(leader.version, leader) if leader is not None else None,
        decided=ranking.decided,
        verdicts=ranking.verdicts,
        headline=headline_of(finding.subject, finding.state, ranking),
        would_decide=() if ranking.decided else would_decide(ranking, finding.unread),
    )


def _is_rare(agreement: Agreement, best: float) -> bool:
    return agreement.phase_share < _RARER * best


def _weighed(verdict: Verdict, agreement: Agreement, weight: Weight, best: float) -> Verdict:
    speaks_for, against = list(verdict.evidence_for), list(verdict.evidence_against)
    if agreement.agrees:
        speaks_for.append(_replayed(_agreement(agreement), weight))
        if _is_rare(agreement, best):
            against.append(_replayed(_rarity(agreement), Weight.WEAK))
    contradictions = [c for c in agreement.contradictions if c.fact is not Fact.PHASE]
    against.extend(
        _replayed(_contradiction(agreement, comparison), Weight.MODERATE)
        for comparison in contradictions[:_MOST_CONTRADICTIONS]
    )
    score = verdict.score + _sum(speaks_for) - _sum(verdict.evidence_for)
    score -= _sum(against) - _sum(verdict.evidence_against)
    return msgspec.structs.replace(
        verdict, evidence_for=tuple(speaks_for), evidence_against=tuple(against), score=score
    )


def _replayed(text: str, weight: Weight) -> Evidence:
    return Evidence(text, Grounds.REPLAYED, weight)


def _sum(facts: tuple[Evidence, ...] | list[Evidence]) -> int:
    return sum(fact.weight for fact in facts)


def _agreement(agreement: Agreement) -> str:
    return f"replayed, it shows what was seen: {agreement.told} ({_source(agreement)})"


def _contradiction(agreement: Agreement, comparison: Comparison) -> str:
    return (
        f"replayed, it shows something else: {agreement.told}; {comparison.fact.value} "
        f"{comparison.predicted}, seen {comparison.observed} ({_source(agreement)})"
    )


def _rarity(agreement: Agreement) -> str:
    return (
        f"only {agreement.phase_share:.0%} of the replays end at that point of the probe's period, "
        "fewer than under another cause"
    )


def _source(agreement: Agreement) -> str:
    return f"{agreement.seeds} seeds, Kubernetes {agreement.version}"
