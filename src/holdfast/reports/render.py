"""Renders a diagnosis in any format.

Rules: formats are the modules below `formats/`, found by importing them; each defines `NAME` and
`render(diagnosis, options) -> str`. What they get has been cleaned (clean.py) and cut to what the
options ask for, so that no format can forget either.
"""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

import msgspec

from holdfast.model.finding import Diagnosis
from holdfast.reports import formats as package
from holdfast.reports.clean import clean
from holdfast.reports.options import RenderOptions
from holdfast.reports.selection import select

Renderer = Callable[[Diagnosis, RenderOptions], str]


class UnknownFormatError(LookupError):
    """A format that no module defines."""


def formats() -> tuple[str, ...]:
    """The names of all formats, in alphabetical order."""
    return tuple(sorted(_renderers()))


def render(name: str, diagnosis: Diagnosis, options: RenderOptions) -> str:
    """The diagnosis as text of that format, ending in a line feed unless it is empty.

    Raises UnknownFormatError for a name that is not among `formats()`.
    """
    renderer = _renderers().get(name)
    if renderer is None:
        raise UnknownFormatError(
            f"choosing a report format: {name!r} is none; expected one of {', '.join(formats())}"
        )
    safe_options = msgspec.structs.replace(options, width=max(options.width, 40))
    return renderer(clean(select(diagnosis, options)), safe_options)


@cache
def _renderers() -> dict[str, Renderer]:
    found = {}
    for module_info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(module_info.name)
        found[module.NAME] = module.render
    return found
