"""Health endpoints of a service. Nothing but the standard library.

- `health.Health` is the interface; its `mount`, `wsgi`, `aiohttp` and `sanic`, and the modules
  `django` and `grpc`, adapt it.
- `registration` holds what a service says about a check, `run_checks` runs them, `refresh` samples
  in the background, `hysteresis` and `board` say what samples mean, `answers` makes bytes of it.
- `listener` answers on a thread of its own; `checks` are ready-made.

Rules: probes read what is known, and never wait for a check unless the service asked for that.
"""

from typing import TYPE_CHECKING

from holdfast.dependencies.verdict import Verdict
from holdfast.health.errors import HealthError
from holdfast.health.health import Health

if TYPE_CHECKING:
    from holdfast.health import checks

__all__ = ["Health", "HealthError", "Verdict", "checks"]


def __getattr__(name: str) -> object:
    """Ready-made checks cost more than all the rest, and are loaded when they are asked for."""
    if name != "checks":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.checks")
