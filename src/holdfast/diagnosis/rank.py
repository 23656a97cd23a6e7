"""From verdicts to an order, and from an order to "decided" or "cannot tell".

Rules: scores are decibans and add up (model/evidence.py), so the odds between two claims are
10 ** (difference / 10). "None of these" takes part with a fixed score: a claim must beat it to be
an answer, and answers of its kind must have been right more often than not (calibration.py). Ties
are broken by id, so that the same input gives the same bytes.
"""

from collections.abc import Iterable, Sequence

import msgspec

from holdfast.diagnosis.calibration import confidence
from holdfast.model.verdict import Role, Verdict

# "Something that nobody thought of": a single weak hint (4) stays below it, a moderate one (10)
# is above it.
_UNKNOWN_SCORE = 6
_LEADING_SHARE = 0.5


class Ranking(msgspec.Struct, frozen=True):
    """Verdicts in order. `decided` means that the first one is the answer."""

    verdicts: tuple[Verdict, ...]
    beside: tuple[Verdict, ...]
    decided: bool


def rank(verdicts: Iterable[Verdict]) -> Ranking:
    """Order the competing claims and set the others beside them.

    The same cause told of a pod and of its containers competes once, with its best evidence:
    otherwise it would share its odds with itself.
    """
    every = sorted(verdicts, key=lambda verdict: (-verdict.score, verdict.cause))
    competing = _first_of_each((v.cause, v) for v in every if v.role is Role.CAUSE)
    beside = tuple(
        _first_of_each((v.summary, v) for v in every if v.role is not Role.CAUSE and v.score > 0)
    )
    competing = [verdict for verdict in competing if verdict.score > 0]
    shares = odds_shares(competing)
    sure = confidence(competing[0].grounds, shares[0]) if competing else 0.0
    ranked = tuple(
        msgspec.structs.replace(v, confidence=min(share, 1 - sure) if place else sure)
        for place, (v, share) in enumerate(zip(competing, shares, strict=True))
    )
    return Ranking(ranked, beside, leads(ranked) and sure > _LEADING_SHARE)


def leads(competing: Sequence[Verdict]) -> bool:
    """Whether the first claim has at least half of all odds."""
    return bool(competing) and odds_shares(competing)[0] >= _LEADING_SHARE


def odds_shares(competing: Sequence[Verdict]) -> list[float]:
    """Each claim's part of all odds, with those of "something that nobody thought of"."""
    total = _odds(_UNKNOWN_SCORE) + sum(_odds(verdict.score) for verdict in competing)
    return [_odds(verdict.score) / total for verdict in competing]


def _first_of_each(named: Iterable[tuple[str, Verdict]]) -> list[Verdict]:
    first: dict[str, Verdict] = {}
    for name, verdict in named:
        first.setdefault(name, verdict)
    return list(first.values())


def _odds(score: int) -> float:
    return float(10.0 ** (score / 10))
