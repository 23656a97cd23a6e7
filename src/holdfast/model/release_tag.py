"""Tags that hold a semantic version, with the environment they are made for in front of it.

    dev-v1.2.0, staging-v1.2.0, v1.2.0, 1.2.0-rc.1

The tag of a release, which goes to production, has no environment in front.
"""

import re

import msgspec

from holdfast.model.environment import Stage, environment_of_place
from holdfast.model.regex import regex
from holdfast.model.semantic_version import GRAMMAR, Version

_TAG = regex(rf"(?:(?P<environment>[a-z][a-z0-9_]*)-)?(?P<v>v?){GRAMMAR}", re.ASCII)


class ReleaseTag(msgspec.Struct, frozen=True):
    """One tag, taken apart. `environment` is "" for a release; `v` is "v" or ""."""

    environment: str
    v: str
    version: Version

    @classmethod
    def parse(cls, text: str) -> "ReleaseTag | None":
        """Read "dev-v1.2.0"; None for anything else."""
        match = _TAG.fullmatch(text)
        if match is None:
            return None
        return cls(match["environment"] or "", match["v"], Version.of_match(match))

    @property
    def stage(self) -> Stage | None:
        """How far on the way to production it is; None for an environment of an unknown name."""
        if not self.environment:
            return Stage.PRODUCTION
        named = environment_of_place(self.environment)
        return named.stage if named is not None else None

    def __str__(self) -> str:
        """As it was read."""
        front = f"{self.environment}-" if self.environment else ""
        return f"{front}{self.v}{self.version}"
