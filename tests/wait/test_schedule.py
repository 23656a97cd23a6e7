"""When the waiter asks again: fast enough to see readiness soon, slow enough to leave it alone."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast.wait.schedule import is_slow, pause


@given(st.floats(0, 9.99))
def test_first_ten_seconds_are_fast(elapsed: float) -> None:
    """Readiness is seen within 250 ms: the pause leaves room for the attempt itself."""
    assert 0.1 <= pause(elapsed, 0, None) <= 0.2


@given(st.floats(10, 1e6), st.integers(0, 10**6))
def test_later_pauses_are_bounded(elapsed: float, attempts: int) -> None:
    """Neither a busy loop nor a pause above 2 s, however long it takes."""
    assert 0.1 <= pause(elapsed, attempts, None) <= 2.0


def test_pauses_grow_and_differ() -> None:
    """Backoff is exponential with full jitter: pods that start together do not ask together."""
    first = [pause(11, 0, None) for _ in range(200)]
    later = [pause(60, 9, None) for _ in range(200)]

    assert max(first) <= 0.25
    assert max(later) > 1.0
    assert len(set(later)) > 100


def test_own_interval_is_kept() -> None:
    """Who asks for a fixed pause gets it."""
    assert {pause(elapsed, 3, 0.7) for elapsed in (0, 5, 50)} == {0.7}
    assert (is_slow(9.9), is_slow(10.0)) == (False, True)
