"""Whether anything can be sent to the processes below the supervisor.

A command that listens nowhere gets no traffic, so nothing is lost without a drain window: a worker,
or a server that still imports. Rules: None where it is not known; the window is then kept.
"""

import os

_TCP_LISTEN = "0A"
_UDP_UNCONNECTED = "07"
# __SO_ACCEPTCON of linux/net.h.
_UNIX_LISTENS = 0x10000


def is_listening(pids: "list[int]") -> "bool | None":
    """Whether one of these processes holds a listening socket, TCP, UDP or Unix."""
    inodes = _listening_inodes()
    if inodes is None:
        return None
    hidden = False
    for pid in pids:
        held = _sockets(pid)
        if held is None:
            hidden = True
        elif not inodes.isdisjoint(held):
            return True
    return None if hidden else False


def _listening_inodes() -> "set[str] | None":
    found: set[str] = set()
    try:
        for protocol, state in (("tcp", _TCP_LISTEN), ("udp", _UDP_UNCONNECTED)):
            for family in ("", "6"):
                found |= _inet(f"/proc/self/net/{protocol}{family}", state)
        return found | _unix()
    except OSError:
        return None


def _inet(path: str, state: str) -> "set[str]":
    """Inodes of sockets in a state; no file where the kernel has no IPv6 (proc_net(5))."""
    if not os.path.exists(path):
        return set()
    rows = (line.split() for line in _lines(path))
    return {row[9] for row in rows if len(row) > 9 and row[3] == state}


def _unix() -> "set[str]":
    rows = (line.split() for line in _lines("/proc/self/net/unix"))
    return {row[6] for row in rows if len(row) > 6 and int(row[3], 16) & _UNIX_LISTENS}


def _lines(path: str) -> "list[str]":
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()[1:]


def _sockets(pid: int) -> "set[str] | None":
    """Inodes of the sockets that a process holds; None where it may not be looked at."""
    directory = f"/proc/{pid}/fd"
    try:
        links = [_link(f"{directory}/{name}") for name in os.listdir(directory)]
    except FileNotFoundError:
        return set()
    except OSError:
        return None
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except FileNotFoundError:
        return ""
