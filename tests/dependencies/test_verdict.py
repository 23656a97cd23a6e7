"""Verdicts: one word decides everything else."""

from itertools import pairwise

import pytest

from holdfast.dependencies.verdict import BUSY, PERMANENT, UP, Verdict


def test_state_decides() -> None:
    """Up, degraded and permanent exclude each other."""
    for state in (UP, BUSY, *PERMANENT, "refused"):
        verdict = Verdict(state, "")
        assert verdict.up + verdict.degraded + verdict.permanent == (state != "refused")


def test_time_does_not_change_an_answer() -> None:
    """Two answers are the same when they say the same."""
    assert Verdict(UP, "x", 1.0) == Verdict(UP, "x").took(2.0)
    assert Verdict(UP, "x") != Verdict(UP, "y")
    assert Verdict(UP, "x") != "up"
    with pytest.raises(TypeError):
        hash(Verdict(UP, "x"))


def test_the_further_it_came_the_more_it_tells() -> None:
    """A server that answered is worth more than a refusal of another address."""
    order = ["unresolved", "refused", "black-holed", "frozen", "closed", "failing", "starting"]
    for less, more in pairwise(order):
        assert Verdict(more, "").tells_more_than(Verdict(less, ""))
        assert not Verdict(less, "").tells_more_than(Verdict(more, ""))
    assert Verdict("refused", "").tells_more_than(None)
