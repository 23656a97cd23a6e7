"""Greetings on the wire: one file per protocol, found by its name, no list to edit.

A handshake module holds
- `SCHEMES`: scheme to default port; 0 where the port must be given, None where there is no host;
- `TLS_SCHEMES`: those of them that speak TLS from the first byte;
- `converse(target)`: a generator that touches no socket. It yields bytes to send and is sent the
  bytes that arrived, b"" for the end of the stream; it returns a `Verdict`. The same conversation
  so serves the waiter, asyncio and the tests.
- `prepare(target)`, where the parts of its URL mean something of their own (optional);
- `transport(target)`: "udp", "unix" or "none" where it is not TCP (optional).

A module is named like its protocol: the longest beginning of a scheme that is a module serves it
(`postgresql` is served by `postgres`).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from typing import Protocol

    from holdfast.dependencies.target import Target
    from holdfast.dependencies.verdict import Verdict

    Conversation = Generator[bytes, bytes, Verdict]

    class Handshake(Protocol):
        """What a module of this package holds."""

        __name__: str
        SCHEMES: Mapping[str, int | None]
        TLS_SCHEMES: frozenset[str]

        def converse(self, target: Target) -> Conversation:
            """The greeting."""


# The shortest name of a protocol here is three letters.
_SHORTEST = 3


def find(scheme: str) -> "Handshake | None":
    """The module that serves a scheme, or None."""
    if not scheme.replace("+", "").isalnum() or not scheme.isascii():
        return None
    base = scheme.partition("+")[0]
    for end in range(len(base), _SHORTEST - 1, -1):
        module = _load(base[:end])
        if module is not None:
            return module if scheme in module.SCHEMES else None
    return None


def schemes() -> list[str]:
    """Every scheme that can be asked, in order of name."""
    from pkgutil import iter_modules

    modules = (_load(info.name) for info in iter_modules(__path__))
    return sorted({scheme for module in modules if module for scheme in module.SCHEMES})


def _load(name: str) -> "Handshake | None":
    path = f"{__name__}.{name}"
    try:
        module: Handshake = __import__(path, fromlist=("SCHEMES",))
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
        return None
    return module
