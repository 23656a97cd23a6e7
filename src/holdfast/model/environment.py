"""Environments by their names: how far on the way to production something is.

Rules: a name is a word of its own ("shop-prod", "dev-v1.2.0", "overlays/staging"), never a part of
one ("product", "latest"). Source of the words: docs/specs/rules.md 10.4, and the namespaces and
overlays of its corpus C.
"""

import re
from enum import IntEnum
from functools import lru_cache

import msgspec

from holdfast.model.regex import regex


class Stage(IntEnum):
    """The way of an image, first step first."""

    DEVELOPMENT = 0
    TEST = 1
    STAGING = 2
    PRODUCTION = 3


class Named(msgspec.Struct, frozen=True):
    """A stage, and the word that says so."""

    stage: Stage
    word: str


_PLACES = {
    Stage.DEVELOPMENT: ("dev", "develop", "development", "sandbox", r"non-?prod(?:uction)?"),
    Stage.TEST: ("test", "testing", "qa"),
    Stage.STAGING: ("stage", "staging", "stg", "uat", r"pre-?prod(?:uction)?"),
    Stage.PRODUCTION: ("prod", "production", "prd", "live"),
}
# What tags say beside the names of environments. Pre-releases are for trying out before production.
_TAGS = {
    **_PLACES,
    Stage.DEVELOPMENT: (*_PLACES[Stage.DEVELOPMENT], "snapshot", "debug", "nightly"),
    Stage.STAGING: (*_PLACES[Stage.STAGING], "rc", "alpha", "beta"),
}


def _pattern(words: dict[Stage, tuple[str, ...]]) -> re.Pattern[str]:
    # Longer words first: non-prod is not prod.
    groups = "|".join(f"(?P<{stage.name}>{'|'.join(words[stage])})" for stage in Stage)
    return regex(rf"(?:^|(?<=[-_./]))(?:{groups})(?=\d*(?:$|[-_./]))")


_PLACE, _TAG = _pattern(_PLACES), _pattern(_TAGS)
# Directories below which each environment has one of its own.
_OVERLAY = regex(
    r"(?:^|/)(?:overlays?|environments?|envs?|stages?|clusters?)/([^/]+)/", re.IGNORECASE
)


# Many objects of a run share a namespace, and many images a tag.
@lru_cache(maxsize=1024)
def environment_of_place(name: str) -> Named | None:
    """Which environment a namespace or the value of a label means; None where it names none."""
    return _first(_PLACE, name)


def environment_of_path(path: str) -> Named | None:
    """Which environment's overlay a file belongs to: "overlays/prod/kustomization.yaml"."""
    match = _OVERLAY.search(path.replace("\\", "/"))
    return environment_of_place(match[1]) if match is not None else None


@lru_cache(maxsize=1024)
def environment_of_tag(text: str) -> Named | None:
    """Which environment a tag or a repository is made for, and not for a later one."""
    return _first(_TAG, text)


def _first(pattern: re.Pattern[str], text: str) -> Named | None:
    match = pattern.search(text.lower())
    if match is None or match.lastgroup is None:
        return None
    return Named(Stage[match.lastgroup], match[0])
