"""Two images beside each other, and the answer of `holdfast image`."""

import msgspec

from holdfast.model.hazard import Hazard
from holdfast.model.image import Image


class Change(msgspec.Struct, frozen=True):
    """A number before and after. Sizes are in bytes."""

    about: str
    before: int
    after: int
    is_size: bool = True


class Difference(msgspec.Struct, frozen=True):
    """A setting before and after, in words."""

    about: str
    before: str
    after: str


class Comparison(msgspec.Struct, frozen=True):
    """From one image to the other."""

    changes: tuple[Change, ...]
    leftovers: tuple[Change, ...]
    directories: tuple[Change, ...]
    differences: tuple[Difference, ...]
    shared_layers: int
    shared_bytes: int
    """Of the pull of the second one, what a node with the first one already has."""


class ImageAnswer(msgspec.Struct, frozen=True):
    """What was asked: an image with its hazards, or two and what changes from one to the other."""

    images: tuple[Image, ...]
    hazards: tuple[Hazard, ...] = ()
    comparison: Comparison | None = None
    rules_run: int = 0
