"""Renders an inspection in any format: the modules below `hazards/`, found by importing them.

Rules: as in render.py; what the formats get has been cleaned.
"""

import importlib
import pkgutil
from collections.abc import Callable

from holdfast.model.hazard import Inspection
from holdfast.reports import hazards as package
from holdfast.reports.clean import clean
from holdfast.reports.options import RenderOptions

Renderer = Callable[[Inspection, RenderOptions], str]
_SUFFIX = "_hazards"


def hazard_formats() -> tuple[str, ...]:
    """The names of all formats, in alphabetical order: those of their modules."""
    names = (info.name for info in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names))


def render_hazards(name: str, inspection: Inspection, options: RenderOptions) -> str:
    """The inspection as text of that format, which is one of `hazard_formats()`."""
    module = importlib.import_module(f"{package.__name__}.{name}{_SUFFIX}")
    renderer: Renderer = module.render
    return renderer(clean(inspection), options)
