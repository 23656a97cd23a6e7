"""Two marks on a scale: past the first it warns, past the second it fails."""

from holdfast.dependencies.verdict import EXHAUSTED, LOW, UP, Verdict


def check_marks(name: str, warn: float, fail: float, *, falling: bool = False) -> None:
    """Refuse marks that contradict each other. Raises ValueError that shows both."""
    if (warn < fail) if falling else (warn > fail):
        order = "below" if falling else "above"
        raise ValueError(f"check {name!r}: warn at {warn:g} lies {order} fail at {fail:g}")


def judge_used(used: float, warn: float, fail: float, detail: str) -> Verdict:
    """By what is used: 0.95 is past a mark of 0.9."""
    if used >= fail:
        return Verdict(EXHAUSTED, detail)
    return Verdict(LOW if used >= warn else UP, detail)


def judge_left(left: float, warn: float, fail: float, detail: str) -> Verdict:
    """By what is left: 3 days are past a mark of 14."""
    if left <= fail:
        return Verdict(EXHAUSTED, detail)
    return Verdict(LOW if left <= warn else UP, detail)
