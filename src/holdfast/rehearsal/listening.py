"""When a program listens and who is connected, read from the kernel's table of its network.

Rules: nobody connects, so that the program notices nothing. Source: proc(5), /proc/PID/net/tcp.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path

_LISTEN, _ESTABLISHED = "0A", "01"
_STATE, _LOCAL = 3, 1
# A start is measured to a fiftieth of a second; who takes long is looked at less often.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS, _GROWTH = 0.02, 0.25, 1.05
# Whoever does not listen by then is no server.
_PATIENCE_SECONDS = 900.0


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


def open_connections(process: int, ports: Iterable[int]) -> int:
    """How many connections to these ports of a program are open now."""
    wanted = set(ports)
    return sum(port in wanted for port, state in _sockets(process) or () if state == _ESTABLISHED)


def _listeners(process: int) -> set[int] | None:
    """Ports that are listened on in the network of a process; None when it is gone."""
    sockets = _sockets(process)
    return None if sockets is None else {port for port, state in sockets if state == _LISTEN}


def _sockets(process: int) -> list[tuple[int, str]] | None:
    """Local port and state of each socket in the network of a process; None when it is gone."""
    try:
        text = Path(f"/proc/{process}/net/tcp").read_text(encoding="ascii")
    except OSError:
        return None
    with suppress(OSError):
        text += Path(f"/proc/{process}/net/tcp6").read_text(encoding="ascii")
    rows = (line.split() for line in text.splitlines())
    return [
        (int(row[_LOCAL].rpartition(":")[2], 16), row[_STATE])
        for row in rows
        if len(row) > _STATE and row[_STATE] in (_LISTEN, _ESTABLISHED)
    ]
