"""A socket in the file system: `unix:///run/app.sock`. As with TCP, the connection is all."""

from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.handshakes.tcp import converse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.target import Target

__all__ = ["SCHEMES", "TLS_SCHEMES", "converse", "prepare", "transport"]

SCHEMES: dict[str, int | None] = {"unix": None}
TLS_SCHEMES: frozenset[str] = frozenset()

# sun_path with its terminating zero (unix(7)).
_LONGEST_PATH = 107


def prepare(target: "Target") -> None:
    """The path is the address."""
    path = "/" + target.path
    if not target.path or len(path.encode()) > _LONGEST_PATH or "\0" in path:
        raise TargetError(
            target.shown,
            f"a path of {len(path.encode())} bytes; expected 2 to {_LONGEST_PATH} without zeros",
            "write three slashes: unix:///run/app.sock",
        )
    target.hosts = ((path, 0),)


def transport(target: "Target") -> str:
    """Not TCP."""
    del target
    return "unix"
