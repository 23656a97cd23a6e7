"""How samples become a standing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.health.hysteresis import Standing, Thresholds

SAMPLES = st.lists(st.booleans(), min_size=1, max_size=40)


@pytest.mark.parametrize("first", [True, False])
def test_first_sample_decides(first: bool) -> None:
    """Before it there is no traffic to protect, and nothing to be patient with."""
    standing = Standing(Thresholds(bad=3))
    assert standing.passing is None

    assert standing.sample(0, passed=first)
    assert standing.passing is first


def test_seconds_count_beside_samples() -> None:
    """Three failures within a second are one event, not an outage."""
    standing = Standing(Thresholds(bad=3, bad_seconds=10, good=2, good_seconds=5))
    standing.sample(0, passed=True)
    seen = [standing.sample(now, passed=False) for now in (1, 1.2, 1.4, 10.9, 11)]
    assert seen == [False, False, False, False, True]

    assert [standing.sample(now, passed=True) for now in (12, 13, 17)] == [False, False, True]


@given(samples=SAMPLES, bad=st.integers(1, 5), good=st.integers(1, 5))
def test_it_flips_exactly_after_a_run_of_the_wanted_length(
    samples: list[bool], bad: int, good: int
) -> None:
    """Whatever comes in between starts the count again: checked against the plain definition."""
    standing = Standing(Thresholds(bad=bad, good=good))
    expected = samples[0]
    for number, sample in enumerate(samples):
        standing.sample(number, passed=sample)
        wanted = bad if expected else good
        run = samples[1 : number + 1][-wanted:]
        if len(run) == wanted and all(s != expected for s in run):
            expected = not expected
        assert standing.passing is expected


@given(samples=SAMPLES)
def test_one_bad_sample_never_flips_what_passes(samples: list[bool]) -> None:
    """The promise of 6.4, for any history with the default of three."""
    standing = Standing(Thresholds())
    before: bool | None = None
    streak = 0
    for number, sample in enumerate(samples):
        standing.sample(number, passed=sample)
        streak = 0 if sample else streak + 1
        if before is True and standing.passing is False:
            assert streak >= 3
        before = standing.passing
