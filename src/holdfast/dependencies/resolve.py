"""Addresses of a host, without ever waiting for them.

`getaddrinfo` blocks, and a resolver that does not answer blocks it for 10 s and more
(resolv.conf(5)). It runs on a thread of its own, which tells through a pipe that it is done. A
thread that hangs is kept for the next attempt: a second one is never started beside it, and none of
them holds up the end of the process.
"""

import posix
from _socket import AI_NUMERICHOST, gaierror, getaddrinfo
from _thread import start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    Address = tuple[int, int, int, object]
    """Family, type, protocol and socket address."""

_hanging: "dict[tuple[str, int, int], Resolution]" = {}


class Resolution:
    """One call of getaddrinfo under way; readable at `fileno()` when it is over."""

    def __init__(self, host: str, port: int, kind: int) -> None:
        """Start it. `kind` is SOCK_STREAM or SOCK_DGRAM."""
        self.key = (host, port, kind)
        self._outcome: list[list[Address] | str] = []
        self._read, write = posix.pipe()
        start_new_thread(self._run, (write,))

    def fileno(self) -> int:
        """What to poll for reading."""
        return self._read

    def collect(self) -> "list[Address] | str | None":
        """The addresses, or why there are none; None while it is under way."""
        if not self._outcome:
            return None
        if self._read >= 0:
            posix.close(self._read)
            self._read = -1
        return self._outcome[0]

    def leave_hanging(self) -> None:
        """Keep it for the next attempt that needs the same host."""
        _hanging[self.key] = self

    def _run(self, write: int) -> None:
        self._outcome.append(_look_up(*self.key, 0))
        posix.close(write)


def resolve(host: str, port: int, kind: int) -> "list[Address] | str | Resolution":
    """The addresses of a literal at once; for a name a Resolution, or why it cannot be one."""
    literal = _look_up(host, port, kind, AI_NUMERICHOST)
    if not isinstance(literal, str):
        return literal
    hanging = _hanging.pop((host, port, kind), None)
    return hanging or Resolution(host, port, kind)


def _look_up(host: str, port: int, kind: int, flags: int) -> "list[Address] | str":
    # As bytes: a str would load the codec "idna", which costs more than everything else here.
    name = host.encode() if host.isascii() else host
    try:
        found = getaddrinfo(name, port, 0, kind, 0, flags)
    except gaierror as error:
        return str(error.args[-1]).lower()
    except (OSError, UnicodeError) as error:
        return str(error).lower()
    return [(family, type_, protocol, address) for family, type_, protocol, _, address in found]
