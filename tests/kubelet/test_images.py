"""Pull policies and the back-off of failing pulls (kubelet.md 8, SC20)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.kubelet.back_off import BackOff
from holdfast.kubelet.images import Fetch, fetch

IMAGE = "registry.example/web:1"


@pytest.mark.parametrize(
    ("policy", "present", "expected"),
    [
        ("Always", True, Fetch.PULL),
        ("Always", False, Fetch.PULL),
        ("IfNotPresent", True, Fetch.USE),
        ("IfNotPresent", False, Fetch.PULL),
        ("Never", True, Fetch.USE),
        ("Never", False, Fetch.NEVER),
    ],
)
def test_policies(policy: str, present: bool, expected: Fetch) -> None:
    """Always asks the registry at every start, even for an image that is there."""
    assert fetch(policy, present=present) is expected


def test_unverified_images_are_pulled_again() -> None:
    """Another pod's secret is no permission for this one."""
    assert fetch("IfNotPresent", present=True, verified=False) is Fetch.PULL
    assert fetch("Never", present=True, verified=False) is Fetch.NEVER


def test_sc20_waits_double_from_the_last_failure() -> None:
    """10, 20, 40, 80, 160, 300, 300 s after each failed attempt."""
    back_off, now, waits = BackOff(), 0.0, []
    for _ in range(7):
        back_off.advance(IMAGE, now, now)
        waits.append(back_off.remaining_since_update(IMAGE, now))
        now += waits[-1] + 6

    assert waits == [10, 20, 40, 80, 160, 300, 300]


def test_the_wait_ends_at_its_end() -> None:
    """An attempt is allowed at the moment at which the wait is over."""
    back_off = BackOff()
    back_off.advance(IMAGE, 100.0, 100.0)

    assert back_off.remaining_since_update(IMAGE, 105.0) == 5
    assert back_off.remaining_since_update(IMAGE, 110.0) == 0
    assert back_off.remaining_since_update("other:1", 100.0) == 0


def test_entries_expire_after_ten_minutes() -> None:
    """A registry that failed long ago is asked as if for the first time."""
    back_off = BackOff()
    for _ in range(4):
        back_off.advance(IMAGE, 0.0, 0.0)
    back_off.advance(IMAGE, 601.0, 601.0)

    assert back_off.entries[IMAGE].seconds == 10


@given(st.lists(st.floats(min_value=0, max_value=2000), max_size=20))
def test_a_wait_is_never_shorter_than_the_base_or_longer_than_the_cap(gaps: list[float]) -> None:
    """Whatever the rhythm of attempts is."""
    back_off, now = BackOff(), 0.0
    for gap in gaps:
        now += gap
        back_off.advance(IMAGE, now, now)
        assert 10 <= back_off.entries[IMAGE].seconds <= 300
        wait = back_off.remaining_since_update(IMAGE, now)
        assert wait == pytest.approx(back_off.entries[IMAGE].seconds)
