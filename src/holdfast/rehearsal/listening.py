"""When a program listens and who is connected, read from the kernel's table of its network.

Rules: nobody connects, so that the program notices nothing. Source: proc(5), /proc/PID/net/tcp.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from holdfast.model.regex import regex
from holdfast.rehearsal.family_usage import family

_LISTEN, _ESTABLISHED = "0A", "01"
_STATE, _LOCAL, _INODE = 3, 1, 9
# 127.0.0.0/8, the same behind ::ffff:, and ::1, as little-endian kernels print addresses.
_LOOPBACK = regex(r"(?:0{16}FFFF0000)?[0-9A-F]{6}7F|0{24}01000000")
# A start is measured to a fiftieth of a second; who takes long is looked at less often.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS, _GROWTH = 0.02, 0.25, 1.05
# Whoever does not listen by then is no server.
_PATIENCE_SECONDS = 900.0


class _Socket(NamedTuple):
    """`inside`: bound to the loopback address, where nobody outside of the network finds it."""

    port: int
    state: str
    inode: str
    inside: bool


async def listening_ports(process: int, wanted: Iterable[int]) -> AsyncIterator[int]:
    """Each of the wanted ports when it is listened on; ends with the last one or the process."""
    missing = set(wanted)
    pause, waited = _FIRST_PAUSE_SECONDS, 0.0
    while missing and waited < _PATIENCE_SECONDS:
        rows = _listeners(process)
        if rows is None:
            return
        for port in sorted(missing & rows):
            missing.discard(port)
            yield port
        await asyncio.sleep(pause)
        waited += pause
        pause = min(pause * _GROWTH, _LONGEST_PAUSE_SECONDS)


def served_ports(leader: int) -> tuple[int, ...]:
    """Ports on which a program or its children accept connections from outside.

    A pod may share the network of this computer: only sockets that they hold count.
    """
    held = {inode for process in family(leader) for inode in _held_sockets(process)}
    return tuple(
        sorted(
            {
                socket.port
                for socket in _sockets(leader) or ()
                if socket.state == _LISTEN and socket.inode in held and not socket.inside
            }
        )
    )


def open_connections(process: int, ports: Iterable[int]) -> int:
    """How many connections to these ports of a program are open now."""
    wanted = set(ports)
    sockets = _sockets(process) or ()
    return sum(socket.port in wanted for socket in sockets if socket.state == _ESTABLISHED)


def _listeners(process: int) -> set[int] | None:
    """Ports that are listened on in the network of a process; None when it is gone."""
    sockets = _sockets(process)
    return None if sockets is None else {s.port for s in sockets if s.state == _LISTEN}


def _held_sockets(process: int) -> Iterator[str]:
    """The inodes of the sockets that a process has open."""
    with suppress(OSError):
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                kind, _, inode = str(descriptor.readlink()).partition(":")
                if kind == "socket":
                    yield inode.strip("[]")


def _sockets(process: int) -> list[_Socket] | None:
    """Each socket in the network of a process; None when it is gone."""
    try:
        text = Path(f"/proc/{process}/net/tcp").read_text(encoding="ascii")
    except OSError:
        return None
    with suppress(OSError):
        text += Path(f"/proc/{process}/net/tcp6").read_text(encoding="ascii")
    rows = (line.split() for line in text.splitlines())
    return [
        _Socket(int(port, 16), row[_STATE], row[_INODE], _LOOPBACK.fullmatch(address) is not None)
        for row in rows
        if len(row) > _INODE and row[_STATE] in (_LISTEN, _ESTABLISHED)
        for address, _, port in [row[_LOCAL].rpartition(":")]
    ]
