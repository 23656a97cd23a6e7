"""Claims compete with each other and with "none of these", but never with themselves."""

from holdfast.diagnosis.rank import rank
from holdfast.model.verdict import Role, Verdict


def verdict(cause: str, score: int, role: Role = Role.CAUSE, summary: str = "") -> Verdict:
    """A verdict of this score."""
    return Verdict(cause, cause, summary or cause, role=role, score=score)


def test_same_cause_of_pod_and_container_competes_once() -> None:
    """An eviction told of a pod and of its container is still decided."""
    ranking = rank([verdict("E01", 40), verdict("E01", 40), verdict("A01", 8)])

    assert ranking.decided
    assert [told.cause for told in ranking.verdicts] == ["E01", "A01"]


def test_equal_claims_are_not_decided() -> None:
    """Two causes with the same evidence leave the answer open."""
    assert not rank([verdict("A01", 20), verdict("A02", 20)]).decided


def test_weak_hint_does_not_decide() -> None:
    """A single weak hint stays below "something that nobody thought of"."""
    assert not rank([verdict("F12", 4)]).decided
    assert rank([verdict("E05", 10)]).decided


def test_what_stands_beside_is_told_once_and_in_order() -> None:
    """Contributing causes of several containers stay apart; repeats of one sentence do not."""
    told = [
        verdict("G01", 24, Role.CONTRIBUTING, "container a"),
        verdict("G01", 30, Role.CONTRIBUTING, "container b"),
        verdict("G07", 40, Role.CONTRIBUTING, "the pod"),
        verdict("G07", 20, Role.CONTRIBUTING, "the pod"),
        verdict("G08", 0, Role.HAZARD),
    ]

    assert [v.summary for v in rank(told).beside] == ["the pod", "container b", "container a"]
