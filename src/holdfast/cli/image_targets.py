"""Images that a command looks into: which of the named paths are some, and what they are called.

Rules: among the paths of `check` an image is told by its content; a registry is asked only for what
says docker://. An image that cannot be read does not end the examination of the rest.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from holdfast.lint.images import KnownImage
from holdfast.model.hazard import Unexamined, UnexaminedReason
from holdfast.sources.images.errors import ImageError
from holdfast.sources.images.recognise import REGISTRY, is_image

_DAY_SECONDS = 86400.0


class ImageTarget(msgspec.Struct, frozen=True):
    """What to read, and the name by which manifests call it; "" for what it was saved as."""

    target: str
    name: str = ""


def split_targets(named: Sequence[str]) -> tuple[list[ImageTarget], list[str]]:
    """The images among some paths, and all others."""
    images = [one for one in named if one.startswith(REGISTRY) or _is_image(Path(one))]
    return [ImageTarget(one) for one in images], [one for one in named if one not in images]


def parse_target(text: str) -> ImageTarget:
    """[NAME=]TARGET of a flag."""
    name, mark, target = text.partition("=")
    return ImageTarget(target, name) if mark and not Path(text).exists() else ImageTarget(text)


def read_targets(targets: Iterable[ImageTarget]) -> tuple[list[KnownImage], list[Unexamined]]:
    """The images that can be read, and the others."""
    known, unread = [], []
    for one in targets:
        try:
            known.append(read_known(one))
        except ImageError as error:
            what = f"{error.found}; {error.next_step}"
            unread.append(Unexamined(UnexaminedReason.UNREADABLE, error.where, 0, what))
    return known, unread


def read_known(
    one: ImageTarget, platform: str = "", say: Callable[[str], None] = lambda _: None
) -> KnownImage:
    """One image with its names and its age; raises ImageError."""
    from holdfast.sources.images.read_image import read_content

    content = read_content(one.target, platform, say)
    names = (one.name,) if one.name else content.image.references
    return KnownImage(content, names, _age_days(content.image.config.created))


def _age_days(created: str) -> float | None:
    try:
        then = datetime.fromisoformat(created)
    except ValueError:
        return None
    return (time.time() - then.timestamp()) / _DAY_SECONDS if then.tzinfo is not None else None


def _is_image(path: Path) -> bool:
    try:
        return path.exists() and is_image(path)
    except OSError:
        return False
