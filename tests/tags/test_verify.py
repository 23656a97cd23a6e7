"""The tag of a manifest against git and the place it is deployed to."""

import pytest

from holdfast.model.environment import Stage
from holdfast.model.image_reference import parse_reference
from holdfast.tags.next_tag import TagAt
from holdfast.tags.verify import Use, verify

A, B = "a" * 40, "b" * 40
IMAGE = "registry.example.com/api"
TAGS = (TagAt("v1.2.0", A), TagAt("staging-v1.2.0", A), TagAt("dev-v1.2.0", A))


def told(tag: str, stage: Stage | None = None, **given: tuple[TagAt, ...]) -> list[str]:
    """What is wrong with an image of this tag."""
    use = Use(parse_reference(f"{IMAGE}:{tag}"), stage, "namespace shop")
    known = given.pop("tags", TAGS)
    return [complaint.what for complaint in verify(use, known, **given)]


@pytest.mark.parametrize(
    ("tag", "stage"),
    [
        ("v1.2.0", Stage.PRODUCTION),
        ("v1.2.0", Stage.DEVELOPMENT),
        ("staging-v1.2.0", Stage.STAGING),
        ("dev-v1.2.0", None),
        (f"v1.2.0@sha256:{'0' * 64}", Stage.PRODUCTION),
    ],
)
def test_right_tags(tag: str, stage: Stage | None) -> None:
    """A tag that has come as far as its place, or further."""
    assert told(tag, stage) == []


def test_tag_of_an_earlier_environment() -> None:
    """And a pre-release in production."""
    assert told("dev-v1.2.0", Stage.STAGING) == [
        "dev-v1.2.0 is made for development, deployed to namespace shop"
    ]
    assert told("v1.3.0-rc.1", Stage.PRODUCTION, tags=(TagAt("v1.3.0-rc.1", A),)) != []


def test_tag_that_git_does_not_have() -> None:
    """Nobody can say which commit runs."""
    assert told("v1.9.0") == ["git has no tag v1.9.0"]


@pytest.mark.parametrize("tag", ["latest", "1.2", "main-3f2a91c"])
def test_tag_without_a_version(tag: str) -> None:
    """Nothing to look for in git."""
    assert "holds no version" in told(tag)[0]


def test_tag_that_was_moved() -> None:
    """Here and on the remote it means two commits, or the remote does not have it."""
    assert told("v1.2.0", remote=(TagAt("v1.2.0", B),)) == [
        f"v1.2.0 was moved: {B[:12]} on the remote, {A[:12]} here"
    ]
    assert told("v1.2.0", remote=()) == ["v1.2.0 is not on the remote"]
    assert told("v1.2.0", remote=TAGS) == []


def test_two_releases_on_one_commit() -> None:
    """Which of the two runs? A pre-release beside its release is no second one."""
    assert told("v1.2.0", tags=(*TAGS, TagAt("v1.2.1", A))) == [
        "v1.2.1 is the same commit: one image has two versions"
    ]
    assert told("v1.2.0", tags=(*TAGS, TagAt("v1.2.0-rc.1", A))) == []


def test_release_that_was_not_tested() -> None:
    """The version was tried out on another commit."""
    moved = (TagAt("v1.2.0", A), TagAt("staging-v1.2.0", B))

    assert told("v1.2.0", tags=moved) == [
        f"staging-v1.2.0 is {B[:12]} and v1.2.0 is {A[:12]}: what was tested is not this"
    ]
