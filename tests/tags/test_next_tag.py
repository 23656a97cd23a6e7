"""The next tag of an environment, and every reason why there must be none."""

import pytest

from holdfast.model.semantic_version import Level
from holdfast.tags.next_tag import (
    Decision,
    State,
    TagAt,
    Wish,
    decide,
    environment_name,
    last_release,
)

A, B, C = "a" * 40, "b" * 40, "c" * 40
MINOR = Wish(level=Level.MINOR)


def tags(**commits: str) -> tuple[TagAt, ...]:
    """Tags by commit: a="v1.0.0 dev-v1.0.0"."""
    return tuple(TagAt(name, key * 40) for key, names in commits.items() for name in names.split())


def found(decision: Decision) -> str:
    """All reasons against a tag."""
    return "\n".join(refusal.found for refusal in decision.refusals)


def test_commits_decide() -> None:
    """The greatest change counts, and the commits that ask for it are told."""
    state = State(tags(a="v1.2.3"), head=B, messages=("docs: x", "feat: orders\n\nmore", "fix: y"))
    decision = decide(Wish(), state)

    assert (decision.tag, decision.previous, decision.level) == ("v1.3.0", "v1.2.3", Level.MINOR)
    assert decision.reasons == ("feat: orders", "fix: y")
    assert not decision.refusals


def test_nothing_changed_for_users() -> None:
    """No tag, and no reason against one."""
    decision = decide(Wish(), State(tags(a="v1.2.3"), head=B, messages=("docs: x",)))

    assert (decision.tag, decision.refusals) == ("", ())


@pytest.mark.parametrize(
    ("environment", "expected"), [("dev", "dev-v1.6.0"), ("staging", "staging-v1.3.0")]
)
def test_environments_count_for_themselves(environment: str, expected: str) -> None:
    """But never below what is in production."""
    state = State(tags(a="v1.2.3 dev-v1.5.0 staging-v1.1.0"), head=B)

    assert decide(MINOR._replace(environment=environment), state).tag == expected


def test_letter_of_the_repository_is_kept() -> None:
    """A repository that tags 1.2.3 does not get a v."""
    assert decide(MINOR, State(tags(a="1.2.3"), head=B)).tag == "1.3.0"
    assert decide(MINOR, State((), head=B)).tag == "v0.1.0"


def test_production_has_no_name_in_front() -> None:
    """However it is called."""
    assert [environment_name(n) for n in ("prod", "production", "live", "dev")] == [
        "", "", "", "dev",
    ]  # fmt: skip


def test_second_tag_on_one_commit_is_refused() -> None:
    """One image would have two versions."""
    state = State(tags(a="v1.2.3"), head=A)

    assert "this commit is v1.2.3 already" in found(decide(MINOR, state))
    assert not decide(MINOR._replace(environment="dev"), state).refusals


def test_pre_release_becomes_the_release() -> None:
    """On the same commit: it is what was tested. A second pre-release there is refused."""
    state = State(tags(a="v1.2.3", b="v1.3.0-rc.2"), head=B, messages=("feat: x",))

    decision = decide(Wish(), state)
    assert (decision.tag, decision.refusals) == ("v1.3.0", ())
    assert "already" in found(decide(Wish(pre="rc"), state))
    release = last_release(state.tags, Wish())
    assert release is not None
    assert release.name == "v1.2.3"


def test_pre_release_never_goes_back() -> None:
    """An alpha after an rc would sort before it."""
    state = State(tags(a="v1.2.3", b="v1.3.0-rc.2"), head=C)

    assert decide(MINOR._replace(pre="rc"), state).tag == "v1.3.0-rc.3"
    assert "v1.3.0-alpha.1 does not come after v1.3.0-rc.2" in found(
        decide(MINOR._replace(pre="alpha"), state)
    )


def test_dirty_and_shallow_and_behind_are_refused_together() -> None:
    """A person mends all of it at once."""
    changed = ("a", "b", "c", "d", "e")
    state = State(tags(a="v1.2.3"), head=B, is_shallow=True, changed=changed, head_has_newest=False)
    told = found(decide(MINOR, state))

    assert "history is cut off" in told
    assert "a, b, c and 2 more" in told
    assert "v1.2.3 is not in the history of this commit" in told


def test_line_of_versions() -> None:
    """A patch of an older line counts within it, and does not leave it."""
    state = State(tags(a="v1.2.3", b="v1.3.0"), head=C)

    assert decide(Wish(level=Level.PATCH, line=(1, 2)), state).tag == "v1.2.4"
    assert "outside of the line 1.2" in found(decide(Wish(level=Level.MINOR, line=(1, 2)), state))


def test_promotion_takes_on_the_version_of_this_commit() -> None:
    """What was tested goes on, under its own number."""
    state = State(tags(a="dev-v1.3.0 staging-v1.2.0", b="dev-v1.4.0"), head=A)
    decision = decide(Wish(environment="staging", promoted="dev"), state)

    assert (decision.tag, decision.previous) == ("staging-v1.3.0", "staging-v1.2.0")
    assert decision.reasons == ("dev-v1.3.0",)


def test_promotion_of_nothing_or_backwards_is_refused() -> None:
    """A commit that was never tried out, and a version that is behind."""
    untried = State(tags(a="dev-v1.3.0"), head=B)
    behind = State(tags(a="dev-v1.3.0", b="v1.4.0"), head=A)

    assert "this commit has no dev-tag" in found(decide(Wish(promoted="dev"), untried))
    assert "v1.3.0 does not come after v1.4.0" in found(decide(Wish(promoted="dev"), behind))


def test_remote_knows_more() -> None:
    """A tag that is missing here would be made twice; one that was moved is no tag."""
    state = State(tags(a="v1.2.3"), head=C, remote=tags(b="v1.2.3 v1.2.4 nightly"))
    told = found(decide(MINOR, state))

    assert "the remote has v1.2.4, which is not here" in told
    assert f"v1.2.3 is {B[:12]} on the remote and {A[:12]} here: it was moved" in told
    assert "nightly" not in told
