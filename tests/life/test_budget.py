"""The arithmetic of a stop: the examples of docs/specs/service.md 8.2, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.life.budget import Wishes, fit_budget
from holdfast.life.phases import Phases
from holdfast.life.settings import LifeError


def phases(*chain: tuple[str, float]) -> Phases:
    """Stop phases that wait for each other in turn."""
    made = Phases()
    before = None
    for name, seconds in chain:
        made.add(name, seconds, before)
        before = name
    return made


SKETCH = (("outbox", 8.0), ("pg", 3.0))


@pytest.mark.parametrize(
    ("drain", "chain", "total"), [(5, SKETCH, 58), (15, SKETCH, 68), (5, (), 47)]
)
def test_seed_values_need_what_the_specification_says(
    drain: float, chain: tuple[tuple[str, float], ...], total: float
) -> None:
    """Outside of a pod the seed's 30 and 10 seconds are kept whole."""
    assert fit_budget(Wishes(drain), phases(*chain)).total == total


@pytest.mark.parametrize(
    ("grace", "chain", "in_flight", "forced"),
    [(30, (), 17.25, 5.75), (30, SKETCH, 9, 3), (58, SKETCH, 30, 10), (90, SKETCH, 30, 10)],
)
def test_waiting_shrinks_to_the_grace_period(
    grace: float, chain: tuple[tuple[str, float], ...], in_flight: float, forced: float
) -> None:
    """D6: drain, release and evidence are kept, the waiting gives way 3 : 1."""
    budget = fit_budget(Wishes(5, grace=grace), phases(*chain))

    assert (budget.in_flight, budget.forced) == pytest.approx((in_flight, forced))


def test_pre_stop_shortens_the_drain() -> None:
    """preStop and SIGTERM share one clock: what the hook has waited is not waited again."""
    assert fit_budget(Wishes(5, grace=30, pre_stop=3), Phases()).drain == 2
    assert fit_budget(Wishes(5, grace=30, pre_stop=8), Phases()).drain == 0


def test_budget_is_the_time_after_the_window() -> None:
    """`Life(drain=5, budget=25)` fits a grace period of 30 seconds exactly."""
    budget = fit_budget(Wishes(5, budget=25, grace=30), phases(*SKETCH))

    assert budget.total == pytest.approx(30)
    assert (budget.in_flight, budget.forced) == pytest.approx((9, 3))


@pytest.mark.parametrize(
    ("wishes", "chain", "arithmetic"),
    [
        (
            Wishes(5, grace=30),
            (("outbox", 20.0), ("pg", 9.0)),
            "drain 5 s + stop phase outbox 20 s + stop phase pg 9 s + evidence 2 s = 36 s, more",
        ),
        (Wishes(45, grace=30), (), "drain 45 s + evidence 2 s = 47 s"),
        (
            Wishes(10, grace=20, pre_stop=9),
            (("pg", 12.0),),
            "preStop 9 s + drain 1 s + stop phase pg 12 s + evidence 2 s = 24 s",
        ),
        (
            Wishes(5, in_flight=30, forced=10, grace=30),
            (),
            "drain 5 s + in flight 30 s + forced 10 s + evidence 2 s = 47 s",
        ),
        (Wishes(5, budget=30, grace=30), (), "drain 5 s + budget after the window 30 s = 35 s"),
        (Wishes(5, budget=5), SKETCH, "outbox 8 s + stop phase pg 3 s + evidence 2 s = 13 s"),
    ],
)
def test_contradictions_are_refused_with_the_sum(
    wishes: Wishes, chain: tuple[tuple[str, float], ...], arithmetic: str
) -> None:
    """A stop that the kubelet would cut off does not start, and the reader sees why."""
    with pytest.raises(LifeError) as refused:
        fit_budget(wishes, phases(*chain))

    assert arithmetic in refused.value.found
    assert "more than" in refused.value.found
    assert "next:" in str(refused.value)


def test_assumed_grace_refuses_nothing() -> None:
    """A guess must not keep a service from starting: the plan warns instead."""
    budget = fit_budget(Wishes(5, grace=30, grace_told=False), phases(("pg", 40.0)))

    assert (budget.in_flight, budget.forced) == (0, 0)
    assert any("HOLDFAST_GRACE_SECONDS" in note for note in budget.notes)
    assert any("no time is left" in note for note in budget.notes)


def test_budget_and_its_parts_exclude_each_other() -> None:
    """Two sources for one number would hide which one counts."""
    with pytest.raises(LifeError, match="parts of it"):
        Wishes(5, budget=20, in_flight=10)


@given(
    grace=st.floats(1, 600),
    drain=st.floats(0, 100),
    pre_stop=st.floats(0, 100),
    chain=st.lists(st.floats(0.1, 60), max_size=4),
)
def test_every_plan_fits_or_is_refused(
    grace: float, drain: float, pre_stop: float, chain: list[float]
) -> None:
    """Fit rule of 8.2: P + D + B never exceeds a grace period that was told."""
    made = phases(*((f"phase {number}", seconds) for number, seconds in enumerate(chain)))
    try:
        budget = fit_budget(Wishes(drain, grace=grace, pre_stop=pre_stop), made)
    except LifeError as error:
        assert pre_stop + max(0, drain - pre_stop) + sum(chain) + 2 > grace, error
        return
    assert pre_stop + budget.total <= grace + 1e-6
    assert min(budget.in_flight, budget.forced, budget.drain) >= 0
