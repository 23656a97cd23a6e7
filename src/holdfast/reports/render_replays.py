"""Renders replays in any format: the modules below `replays/`, found by importing them.

Rules: as in render.py; what the formats get has been cleaned.
"""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

import msgspec

from holdfast.model.simulated import Simulated
from holdfast.reports import replays as package
from holdfast.reports.clean import clean
from holdfast.reports.options import RenderOptions

Renderer = Callable[[Simulated, RenderOptions], str]


def replay_formats() -> tuple[str, ...]:
    """The names of all formats, in alphabetical order."""
    return tuple(sorted(_renderers()))


def render_replays(name: str, simulated: Simulated, options: RenderOptions) -> str:
    """The answer as text of that format, which is one of `replay_formats()`."""
    safe_options = msgspec.structs.replace(options, width=max(options.width, 40))
    return _renderers()[name](clean(simulated), safe_options)


@cache
def _renderers() -> dict[str, Renderer]:
    found = {}
    for module_info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(module_info.name)
        found[module.NAME] = module.render
    return found
