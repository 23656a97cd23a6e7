"""The life of a service: start, drain, ordered stop. Nothing but the standard library.

- `life.Life` is the interface; `Life.asgi`, `.wsgi`, `.aiohttp`, `.sanic` and `django` adapt it.
- `budget` and `phases` are the arithmetic, `sequence` the machine of the stop, without I/O or
  clock; `stop_driver` runs it in real time.
- `page` is shared with `holdfast run`, which imports it, `settings` and `budget` only.

Rules: importing this package costs nothing; names are loaded when they are asked for.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.life.budget import Budget
    from holdfast.life.life import Life
    from holdfast.life.settings import LifeError

__all__ = ["Budget", "Life", "LifeError"]
_HOMES = {"Budget": "budget", "Life": "life", "LifeError": "settings"}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
