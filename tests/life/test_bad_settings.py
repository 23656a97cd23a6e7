"""Settings of a Life that cannot work are refused where they are written, in four parts."""

from collections.abc import Callable

import pytest

from holdfast.life import Life, LifeError


def with_phases(*names: str) -> Life:
    """A life with these stop phases."""
    life = Life(drain=5, grace=30)
    for name in names:
        life.stop(name, lambda: None, timeout=1)
    return life


@pytest.mark.parametrize(
    ("make", "where", "found"),
    [
        (lambda: Life(drain="soon"), "Life(drain=…)", "'soon'; expected seconds"),
        (lambda: Life(drain=-1), "Life(drain=…)", "-1; expected 0 or more"),
        (lambda: Life(grace=0), "Life(grace=…)", "0; expected above 0"),
        (lambda: Life(pre_stop="1 minute"), "Life(pre_stop=…)", "'1 minute'"),
        (lambda: Life(budget=float("nan")), "Life(budget=…)", "nan"),
        (lambda: Life(budget=20, in_flight=10), "budget", "parts of it"),
        (
            lambda: Life(drain=45, grace=30),
            "the budget of the stop",
            "drain 45 s + evidence 2 s = 47 s, more than terminationGracePeriodSeconds 30 s",
        ),
        (
            lambda: Life(drain=5, in_flight=30, forced=10, grace=30),
            "the budget of the stop",
            "drain 5 s + in flight 30 s + forced 10 s + evidence 2 s = 47 s",
        ),
        (
            lambda: with_phases("pg").stop("outbox", lambda: None, timeout=28, after="pg"),
            "the budget of the stop",
            "drain 5 s + stop phase pg 1 s + stop phase outbox 28 s + evidence 2 s = 36 s",
        ),
        (lambda: with_phases().stop("pg", lambda: None, timeout=0), "pg", "0; expected above 0"),
        (lambda: with_phases("pg").stop("pg", lambda: None), "pg", "exists"),
        (lambda: with_phases().stop("pg", lambda: None, after="outbox"), "pg", "outbox"),
    ],
)
def test_contradictions_are_refused(make: Callable[[], object], where: str, found: str) -> None:
    """The start stops, shows the sum, and says what to write instead."""
    with pytest.raises(LifeError) as refused:
        make()

    assert where in refused.value.where
    assert found in refused.value.found
    assert refused.value.next_step
    assert str(refused.value).startswith("planning the stop: ")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOLDFAST_GRACE_SECONDS", "a minute"),
        ("HOLDFAST_GRACE_SECONDS", "0"),
        ("HOLDFAST_PRE_STOP_SECONDS", "-3"),
        ("HOLDFAST_DRAIN_SECONDS", ""),
    ],
)
def test_variables_of_the_pod_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """A manifest with a wrong number is told which of its lines is wrong."""
    monkeypatch.setenv(variable, value)

    with pytest.raises(LifeError) as refused:
        Life()

    assert refused.value.where == variable
    assert repr(value) in refused.value.found


def test_page_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that cannot hear its supervisor must not serve as if nobody could stop it."""
    monkeypatch.setenv("HOLDFAST_PAGE", "/nonexistent/page")

    with pytest.raises(LifeError, match="start the service under `holdfast run`"):
        Life()


def test_refused_phase_leaves_no_trace() -> None:
    """Who catches the error has the plan of before."""
    life = with_phases("pg")
    before = life.budget.total
    with pytest.raises(LifeError):
        life.stop("outbox", lambda: None, timeout=60, after="pg")

    assert life.budget.total == before
    life.stop("outbox", lambda: None, timeout=1, after="pg")
