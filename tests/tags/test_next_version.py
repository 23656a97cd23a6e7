"""The version that follows, over any set of versions, and what commits ask for."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from holdfast.model.semantic_version import Level, Version
from holdfast.tags.conventional_commit import greatest_level, level_of_commit
from holdfast.tags.next_version import FIRST, level_of_change, next_version

_numbers = st.integers(0, 20)
_pre = st.one_of(
    st.just(()), st.tuples(st.sampled_from(["alpha", "beta", "rc"]), _numbers.map(str))
)
versions = st.builds(Version, _numbers, _numbers, _numbers, _pre)
known_versions = st.lists(versions, max_size=8)


@given(known_versions, st.sampled_from(Level))
def test_release_comes_after_everything(known: list[Version], level: Level) -> None:
    """No set of tags makes a release go back, or be used twice."""
    version = next_version(known, level)

    assert not version.pre
    assert all(one < version for one in known)


@given(known_versions, st.sampled_from(Level))
def test_change_fits_into_its_version(known: list[Version], level: Level) -> None:
    """What breaks counts up the first number, what adds at least the second one."""
    released = [one for one in known if not one.pre]
    assume(released)
    last = max(released, key=lambda one: one.precedence)
    version = next_version(known, level)

    if level is Level.MAJOR:
        assert version.major > last.major
    if level is Level.MINOR:
        assert (version.major, version.minor) > (last.major, last.minor)


@given(known_versions, st.sampled_from(Level), st.sampled_from(["alpha", "beta", "rc"]))
def test_pre_release_leads_to_the_release(known: list[Version], level: Level, pre: str) -> None:
    """It is on the way to the release that would come without it, and is new."""
    version = next_version(known, level, pre)

    assert version.release == next_version(known, level)
    assert version.pre[0] == pre
    assert version not in known


@given(known_versions, st.sampled_from(Level), st.integers(1, 5))
def test_pre_releases_follow_each_other(known: list[Version], level: Level, count: int) -> None:
    """Each one comes after the last, and the release after all of them."""
    made: list[Version] = []
    for _ in range(count):
        made.append(next_version([*known, *made], level, "rc"))

    assert all(one < other for one, other in pairwise(made))
    assert next_version([*known, *made], level) == made[-1].release


def test_first_version() -> None:
    """A repository without tags begins where semver.org says."""
    assert next_version([], Level.PATCH) == FIRST
    assert str(next_version([], Level.MAJOR, "rc")) == "0.1.0-rc.1"


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("feat: add orders", Level.MINOR),
        ("feat(api): add orders", Level.MINOR),
        ("Fix: close the pool", Level.PATCH),
        ("perf: ask once", Level.PATCH),
        ("feat!: drop orders", Level.MAJOR),
        ("chore(api)!: drop Go 1.24", Level.MAJOR),
        ("fix: close\n\nBREAKING CHANGE: the pool is gone", Level.MAJOR),
        ("fix: close\n\nBREAKING-CHANGE: the pool is gone", Level.MAJOR),
        ("fix: close\n\nno BREAKING CHANGE: here", Level.PATCH),
        ("docs: say more", None),
        ("feature: add", None),
        ("feat add orders", None),
        ("Merge branch 'feat: x'", None),
        ("", None),
    ],
)
def test_level_of_commit(message: str, level: Level | None) -> None:
    """The words of the specification, and what only looks like them."""
    assert level_of_commit(message) is level


def test_levels_together() -> None:
    """The greatest one counts; before 1.0.0 a break is a minor change."""
    assert greatest_level(["docs: a", "fix: b", "feat: c", "fix: d"]) is Level.MINOR
    assert greatest_level(["docs: a", "test: b"]) is None
    assert level_of_change(Level.MAJOR, Version(0, 4, 2)) is Level.MINOR
    assert level_of_change(Level.MAJOR, Version(1, 4, 2)) is Level.MAJOR
