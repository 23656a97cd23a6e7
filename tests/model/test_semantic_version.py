"""Semantic versions and the tags that hold them, against semver.org and another implementation."""

import itertools

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from holdfast.model.environment import Stage
from holdfast.model.release_tag import ReleaseTag
from holdfast.model.semantic_version import Level, Version

# semver.org section 11, item 4.
ORDERED = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
           "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1"]  # fmt: skip

_numbers = st.integers(0, 10**6)
_identifiers = st.one_of(
    _numbers.map(str), st.from_regex(r"[a-zA-Z-][0-9a-zA-Z-]{0,5}", fullmatch=True)
)
versions = st.builds(
    Version, _numbers, _numbers, _numbers, st.lists(_identifiers, max_size=3).map(tuple)
)


def read(text: str) -> Version:
    """A version that is one."""
    version = Version.parse(text)
    assert version is not None
    return version


def test_order_of_the_specification() -> None:
    """Each one of the chain comes before all that follow."""
    for earlier, later in itertools.combinations(map(read, ORDERED), 2):
        assert earlier < later
        assert not later <= earlier


@given(versions, versions)
def test_order_agrees_with_another_implementation(one: Version, other: Version) -> None:
    """Two numbers out of order would deploy the older image."""
    expected = semver.Version.parse(str(one)).compare(str(other))

    assert (one < other, other < one) == (expected < 0, expected > 0)


@given(versions)
def test_what_is_written_is_read(version: Version) -> None:
    """A tag that was written is found again."""
    assert Version.parse(str(version)) == version


@given(st.text(alphabet="0123456789.-+abcv \n", max_size=16))
def test_only_versions_are_read(text: str) -> None:
    """The grammar is that of semver.org: no leading zeros, three numbers, nothing around them."""
    assert (Version.parse(text) is not None) == semver.Version.is_valid(text)


@given(versions, st.sampled_from(Level))
def test_raised_goes_on(version: Version, level: Level) -> None:
    """A release that comes after, and the first one that may hold such a change."""
    raised = version.raised(level)

    assert version < raised
    assert not raised.pre
    assert not raised < version.raised(Level.PATCH)


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [
        ("1.2.3", Level.PATCH, "1.2.4"),
        ("1.2.3", Level.MINOR, "1.3.0"),
        ("1.2.3", Level.MAJOR, "2.0.0"),
        ("1.3.0-rc.1", Level.PATCH, "1.3.0"),
        ("1.3.0-rc.1", Level.MINOR, "1.3.0"),
        ("1.3.0-rc.1", Level.MAJOR, "2.0.0"),
        ("1.3.1-rc.1", Level.MINOR, "1.4.0"),
        ("2.0.0-rc.1", Level.MAJOR, "2.0.0"),
    ],
)
def test_raised(text: str, level: Level, expected: str) -> None:
    """A pre-release is on its way to a release that may hold the change already."""
    assert str(read(text).raised(level)) == expected


@pytest.mark.parametrize(
    ("text", "environment", "stage"),
    [
        ("v1.2.0", "", Stage.PRODUCTION),
        ("1.2.0-rc.1", "", Stage.PRODUCTION),
        ("dev-v1.2.0", "dev", Stage.DEVELOPMENT),
        ("qa-1.2.0", "qa", Stage.TEST),
        ("staging-v1.2.0-rc.1", "staging", Stage.STAGING),
        ("jdk-21.0.4", "jdk", None),
    ],
)
def test_tags_with_environments(text: str, environment: str, stage: Stage | None) -> None:
    """The word in front of the version says for whom it was built."""
    tag = ReleaseTag.parse(text)

    assert tag is not None
    assert (tag.environment, tag.stage, str(tag)) == (environment, stage, text)


@pytest.mark.parametrize("text", ["", "latest", "v1.2", "1", "v01.2.3", "-v1.2.3", "v1.2.3\n"])
def test_other_tags_are_none(text: str) -> None:
    """A tag that is nearly a version is no version."""
    assert ReleaseTag.parse(text) is None
