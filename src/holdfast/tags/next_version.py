"""The version that follows, from those that exist.

Rules: what is answered comes after everything that exists; before 1.0.0 a change that breaks counts
up the minor number when commits decide (semver.org 4: anything may change then), and the first
version of all is 0.1.0 (semver.org FAQ).
"""

from collections.abc import Collection

from holdfast.model.semantic_version import Level, Version

FIRST = Version(0, 1, 0)


def next_version(known: Collection[Version], level: Level, pre: str = "") -> Version:
    """The version after all known ones; `pre` ("rc") makes it a pre-release, counted from 1.

    The answer comes before a known one only where `pre` itself does, as alpha after rc.
    """
    newest = max(known, key=_order, default=None)
    released = max((v for v in known if not v.pre), key=_order, default=None)
    if newest is None:
        target = FIRST
    elif released is None:
        target = newest.release
    else:
        target = released.raised(level)
    if newest is not None and newest.pre:
        target = max(target, newest.release, key=_order)
    if not pre:
        return target
    return Version(
        target.major, target.minor, target.patch, (pre, str(_number(known, target, pre)))
    )


def level_of_change(level: Level, released: Version | None) -> Level:
    """The level that commits ask for, before and after 1.0.0."""
    if level is Level.MAJOR and released is not None and released.major == 0:
        return Level.MINOR
    return level


def _number(known: Collection[Version], target: Version, pre: str) -> int:
    """One more than the greatest number of the pre-releases of a release."""
    taken = [
        int(v.pre[1])
        for v in known
        if v.release == target and len(v.pre) == 2 and v.pre[0] == pre and v.pre[1].isdecimal()
    ]
    return max(taken, default=0) + 1


def _order(version: Version) -> tuple[object, ...]:
    return version.precedence
