"""The next tag of an environment, or every reason why there must be none.

Rules: a version never goes back, a commit gets one tag in each environment, and what is promoted is
the commit that was tested. A reason says what was found and what to do.
"""

from collections.abc import Iterable
from typing import NamedTuple

from holdfast.model.environment import Stage, environment_of_place
from holdfast.model.release_tag import ReleaseTag
from holdfast.model.semantic_version import Level, Version
from holdfast.tags.conventional_commit import greatest_level, level_of_commit
from holdfast.tags.next_version import level_of_change, next_version

_FILES_TOLD = 3


class TagAt(NamedTuple):
    """A tag of git and the commit that it names; "" where that is not known."""

    name: str
    commit: str = ""


class Wish(NamedTuple):
    """What is asked for. `environment` is "" for releases.

    `level` is None for what the commits ask for; `line` are the leading numbers of the versions
    that count, such as (1, 2); `promoted` is the environment whose tag on this commit is taken on.
    """

    environment: str = ""
    level: Level | None = None
    pre: str = ""
    line: tuple[int, ...] = ()
    promoted: str | None = None


class State(NamedTuple):
    """What is known of the repository; without a repository, only tags are."""

    tags: tuple[TagAt, ...]
    head: str = ""
    is_shallow: bool = False
    changed: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    """Of the commits since the last release, newest first."""
    head_has_newest: bool = True
    remote: tuple[TagAt, ...] | None = None


class Refusal(NamedTuple):
    """Why there must be no tag, and what to do."""

    found: str
    next_step: str


class Decision(NamedTuple):
    """The tag, or none: then the refusals say why, or nothing has changed for users."""

    tag: str = ""
    version: str = ""
    previous: str = ""
    level: Level | None = None
    reasons: tuple[str, ...] = ()
    """The first lines of the commits that ask for the level."""
    refusals: tuple[Refusal, ...] = ()


class _Known(NamedTuple):
    name: str
    commit: str
    tag: ReleaseTag


def environment_name(given: str) -> str:
    """What stands in front of the tags of an environment: "" for production."""
    named = environment_of_place(given)
    return "" if named is not None and named.stage is Stage.PRODUCTION else given


def last_release(tags: Iterable[TagAt], wish: Wish) -> TagAt | None:
    """The tag since which commits count: the newest one that is no pre-release."""
    released = [k for k in _counted(tags, wish) if not k.tag.version.pre]
    newest = max(released, key=_order, default=None)
    return TagAt(newest.name, newest.commit) if newest is not None else None


def newest_tag(tags: Iterable[TagAt], wish: Wish) -> TagAt | None:
    """The newest tag of all that count, which the commit to be tagged has to contain."""
    newest = max(_counted(tags, wish), key=_order, default=None)
    return TagAt(newest.name, newest.commit) if newest is not None else None


def decide(wish: Wish, state: State) -> Decision:
    """Decide on the next tag."""
    if wish.promoted is not None:
        return _promote(wish, state)
    counted = list(_counted(state.tags, wish))
    versions = [known.tag.version for known in counted]
    released = max((v for v in versions if not v.pre), key=lambda v: v.precedence, default=None)
    level = wish.level or _asked_for(state, released)
    newest = max(counted, key=_order, default=None)
    previous = newest.name if newest is not None else ""
    refusals = _refusals(wish, state)
    if level is None:
        return Decision(previous=previous, refusals=tuple(refusals))
    version = next_version(versions, level, wish.pre)
    if wish.line and (version.major, version.minor)[: len(wish.line)] != wish.line:
        line = ".".join(map(str, wish.line))
        refusals.append(Refusal(f"{version} is outside of the line {line}", "--bump patch"))
    tag = str(ReleaseTag(wish.environment, _letter(state.tags), version))
    refusals += _backwards(tag, version, newest, state)
    asking = [m.partition("\n")[0] for m in state.messages if level_of_commit(m) is not None]
    reasons = tuple(asking) if wish.level is None else ()
    return Decision(tag, str(version), previous, level, reasons, tuple(refusals))


def _promote(wish: Wish, state: State) -> Decision:
    """The version of another environment's tag on this commit, for this environment."""
    own = [known for known in _all(state.tags) if known.tag.environment == wish.environment]
    newest = max(own, key=_order, default=None)
    previous = newest.name if newest is not None else ""
    source = f"{wish.promoted}-" if wish.promoted else "release "
    here = [
        known
        for known in _all(state.tags)
        if known.tag.environment == wish.promoted and known.commit == state.head
    ]
    refusals = _refusals(wish, state)
    if not here:
        found = f"this commit has no {source}tag; only what was tested is promoted"
        refusals.append(Refusal(found, "check out the commit of the tag that is to be promoted"))
        return Decision(previous=previous, refusals=tuple(refusals))
    chosen = max(here, key=_order)
    version = chosen.tag.version
    tag = str(ReleaseTag(wish.environment, chosen.tag.v, version))
    refusals += _backwards(tag, version, newest, state)
    return Decision(tag, str(version), previous, None, (chosen.name,), tuple(refusals))


def _refusals(wish: Wish, state: State) -> list[Refusal]:
    """What stands against any tag of this commit."""
    found = []
    if state.is_shallow:
        found.append(
            Refusal("history is cut off, and tags with it", "fetch all: actions/checkout with "
                    "fetch-depth: 0, or git fetch --unshallow --tags")
        )  # fmt: skip
    if state.changed:
        more = len(state.changed) - _FILES_TOLD
        names = ", ".join(state.changed[:_FILES_TOLD]) + (f" and {more} more" if more > 0 else "")
        told = f"files differ from the commit that would be tagged: {names}"
        found.append(Refusal(told, "commit the changes, or undo them"))
    for known in _all(state.tags):
        own = known.tag.environment == wish.environment and known.commit == state.head != ""
        # The commit of a pre-release may become the release: it is what was tested.
        if own and (not known.tag.version.pre or wish.pre):
            told = f"this commit is {known.name} already; two tags would be one image of two names"
            found.append(Refusal(told, f"deploy {known.name}, or tag another commit"))
    if not state.head_has_newest:
        newest = newest_tag(state.tags, wish)
        told = f"{newest.name if newest else 'the newest tag'} is not in the history of this commit"
        step = "merge it first, or count within its own line: --line 1.2"
        found.append(Refusal(f"{told}: the next version would go back", step))
    return [*found, *_remote_refusals(state)]


def _remote_refusals(state: State) -> list[Refusal]:
    here = {tag.name: tag.commit for tag in state.tags}
    found = []
    for tag in state.remote or ():
        if ReleaseTag.parse(tag.name) is None:
            continue
        if tag.name not in here:
            found.append(
                Refusal(f"the remote has {tag.name}, which is not here", "git fetch --tags")
            )
        elif here[tag.name] != tag.commit:
            told = f"{tag.name} is {tag.commit[:12]} on the remote and {here[tag.name][:12]} here"
            step = f"find out who moved it, then git fetch --force origin tag {tag.name}"
            found.append(Refusal(f"{told}: it was moved", step))
    return found


def _backwards(tag: str, version: Version, newest: _Known | None, state: State) -> list[Refusal]:
    if newest is not None and not newest.tag.version < version:
        told = f"{tag} does not come after {newest.name}"
        return [Refusal(told, "a later version; a pre-release goes from alpha to beta to rc")]
    if any(known.name == tag for known in state.tags):
        return [Refusal(f"{tag} exists", "git fetch --tags, and ask again")]
    return []


def _asked_for(state: State, released: Version | None) -> Level | None:
    level = greatest_level(state.messages)
    return level_of_change(level, released) if level is not None else None


def _counted(tags: Iterable[TagAt], wish: Wish) -> Iterable[_Known]:
    """Tags of the environment and releases: a version that is in production is never used again."""
    for known in _all(tags):
        version = known.tag.version
        in_line = (version.major, version.minor)[: len(wish.line)] == wish.line
        if in_line and known.tag.environment in ("", wish.environment):
            yield known


def _all(tags: Iterable[TagAt]) -> Iterable[_Known]:
    for tag in tags:
        parsed = ReleaseTag.parse(tag.name)
        if parsed is not None:
            yield _Known(tag.name, tag.commit, parsed)


def _letter(tags: Iterable[TagAt]) -> str:
    """v or nothing, as the newest tag has it."""
    newest = max(_all(tags), key=_order, default=None)
    return newest.tag.v if newest is not None else "v"


def _order(known: _Known) -> tuple[object, ...]:
    return known.tag.version.precedence
