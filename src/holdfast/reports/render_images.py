"""Renders what `holdfast image` found in any format: the modules below `images/`.

Rules: as in render.py; what the formats get has been cleaned.
"""

import importlib
import pkgutil
from collections.abc import Callable

from holdfast.model.image_comparison import ImageAnswer
from holdfast.reports import images as package
from holdfast.reports.clean import clean
from holdfast.reports.options import RenderOptions

Renderer = Callable[[ImageAnswer, RenderOptions], str]
_SUFFIX = "_image"


def image_formats() -> tuple[str, ...]:
    """The names of all formats, in alphabetical order: those of their modules."""
    names = (info.name for info in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names))


def render_images(name: str, answer: ImageAnswer, options: RenderOptions) -> str:
    """The answer as text of that format, which is one of `image_formats()`."""
    module = importlib.import_module(f"{package.__name__}.{name}{_SUFFIX}")
    renderer: Renderer = module.render
    return renderer(clean(answer), options)
