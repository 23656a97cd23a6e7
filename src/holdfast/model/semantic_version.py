"""Semantic versions: read, compared, and counted on.

Source of the grammar and of the order: https://semver.org/spec/v2.0.0.html sections 2, 9 to 11.
"""

import re
from enum import StrEnum

import msgspec

from holdfast.model.regex import regex

_NUMBER = r"0|[1-9]\d*"
_IDENTIFIER = rf"(?:{_NUMBER}|\d*[a-zA-Z-][0-9a-zA-Z-]*)"
GRAMMAR = (
    rf"(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})\.(?P<patch>{_NUMBER})"
    rf"(?:-(?P<pre>{_IDENTIFIER}(?:\.{_IDENTIFIER})*))?"
    r"(?:\+(?P<build>[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?"
)
"""A version as a regular expression, to be used with re.ASCII."""
_VERSION = regex(GRAMMAR, re.ASCII)


class Level(StrEnum):
    """Which number of a version a change counts up; the order of definition is greatest first."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


class Version(msgspec.Struct, frozen=True):
    """One version. `pre` are the identifiers of a pre-release: ("rc", "1")."""

    major: int
    minor: int
    patch: int
    pre: tuple[str, ...] = ()
    build: str = ""

    @classmethod
    def parse(cls, text: str) -> "Version | None":
        """Read "1.2.0-rc.1+42"; None for anything that is no full version."""
        match = _VERSION.fullmatch(text)
        return cls.of_match(match) if match is not None else None

    @classmethod
    def of_match(cls, match: re.Match[str]) -> "Version":
        """From a match of GRAMMAR."""
        pre = tuple(match["pre"].split(".")) if match["pre"] else ()
        major, minor, patch = int(match["major"]), int(match["minor"]), int(match["patch"])
        return cls(major, minor, patch, pre, match["build"] or "")

    @property
    def release(self) -> "Version":
        """The release that a pre-release comes before; itself for a release."""
        return Version(self.major, self.minor, self.patch)

    @property
    def precedence(self) -> tuple[object, ...]:
        """What versions are compared by (semver.org 11). The build takes no part."""
        identifiers = tuple((0, int(i), "") if i.isdecimal() else (1, 0, i) for i in self.pre)
        return (self.major, self.minor, self.patch, not self.pre, identifiers)

    def __lt__(self, other: "Version") -> bool:
        """Whether it comes before another one."""
        return self.precedence < other.precedence

    def __le__(self, other: "Version") -> bool:
        """Whether it does not come after another one."""
        return self.precedence <= other.precedence

    def raised(self, level: Level) -> "Version":
        """The first release after it that may hold a change of this level.

        A pre-release is raised to its own release where that holds the change: 2.0.0-rc.1 is on the
        way to 2.0.0, whatever the level.
        """
        kept = bool(self.pre)
        if level is Level.MAJOR:
            kept = kept and self.minor == 0 and self.patch == 0
            return Version(self.major + (not kept), 0, 0)
        if level is Level.MINOR:
            kept = kept and self.patch == 0
            return Version(self.major, self.minor + (not kept), 0)
        return Version(self.major, self.minor, self.patch + (not kept))

    def __str__(self) -> str:
        """ "1.2.0-rc.1+42"."""
        pre = f"-{'.'.join(self.pre)}" if self.pre else ""
        build = f"+{self.build}" if self.build else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}{build}"
