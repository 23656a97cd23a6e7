"""holdfast: why Kubernetes pods keep restarting, and proof that the fix holds.

The package is a set of layers, see docs/architecture.md. This file holds the version, and names of
the runtime library that are loaded when they are asked for, so that `holdfast --version` and
`import holdfast` stay cheap.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.health import Health, checks
    from holdfast.life import Life

__version__ = "0.1.0"
__all__ = ["Health", "Life", "__version__", "checks"]
_HOMES = {"Health": "holdfast.health", "Life": "holdfast.life", "checks": "holdfast.health"}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
