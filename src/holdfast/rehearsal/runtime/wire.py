"""Messages between holdfast and its runtime: JSON behind a length, with open files beside it.

Rules: requests are answered in order by "started", "failed" or a reply that repeats `request`; ends
of programs are told when they come. Who reads the end of the stream knows that the other is gone.
"""

import array
import json
import socket
import struct
from dataclasses import asdict, dataclass, field
from typing import Any

_LENGTH = struct.Struct("!I")
_MOST_DESCRIPTORS = 2
# execve(2) takes a quarter of the stack, 2 MiB by default, for arguments and environment together.
_LARGEST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Mount:
    """A directory or file of this computer, shown at another place to one container."""

    source: str
    target: str
    read_only: bool = False


@dataclass(frozen=True)
class Program:
    """What to run and where. The open files that travel with it: its output, then its network."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    directory: str
    hostname: str = ""
    user: int | None = None
    group: int | None = None
    capabilities: tuple[int, ...] | None = None
    """What root may do in it; None for whatever the runtime may."""
    gains_no_rights: bool = False
    read_only_files: bool = False
    """Nothing can be written but to its mounts, /dev and /proc."""
    cgroup_files: tuple[str, ...] = ()
    """The `cgroup.procs` of every hierarchy that it is put into."""
    oom_score: int | None = None
    mounts: tuple[Mount, ...] = ()
    isolated: bool = True
    """It becomes PID 1 of namespaces of its own."""
    network: bool = False
    """It joins the network namespace that travels as the second open file."""
    beside: int | None = None
    """It joins the namespaces of this process instead."""


@dataclass(frozen=True)
class Failure:
    """Why a program could not be started: the step, the error number, and what it was about."""

    step: str
    errno: int
    subject: str = ""


@dataclass(frozen=True)
class Abilities:
    """What this computer allows."""

    pid_namespace: bool = False
    own_proc: bool = False
    """A /proc of its own shows a container only its own processes."""
    read_only_files: bool = False
    """A container can be kept from writing to the computer's files."""
    user_namespace: bool = False
    """The namespaces were only possible within a user namespace."""
    network_namespace: bool = False
    refusal: str = ""
    """Why there are no namespaces, in the kernel's words."""


@dataclass
class Packet:
    """One message and the open files that came with it."""

    content: dict[str, Any]
    descriptors: list[int] = field(default_factory=list)


def program_of(content: dict[str, Any]) -> Program:
    """A Program as it arrives."""
    values = dict(content)
    for name in ("arguments", "cgroup_files"):
        values[name] = tuple(values[name])
    if values["capabilities"] is not None:
        values["capabilities"] = tuple(values["capabilities"])
    values["mounts"] = tuple(Mount(**each) for each in values["mounts"])
    return Program(**values)


def content_of(value: Any) -> dict[str, Any]:
    """A dataclass as it travels."""
    return asdict(value)


def send(connection: socket.socket, content: dict[str, Any], *descriptors: int) -> None:
    """Send one message; blocks until it is gone. Raises OSError when nobody is there."""
    body = json.dumps(content).encode()
    data = _LENGTH.pack(len(body)) + body
    rights = array.array("i", descriptors)
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if descriptors else []
    sent = connection.sendmsg([data], ancillary)
    connection.sendall(data[sent:])


def receive(connection: socket.socket) -> Packet | None:
    """The next message, or None at the end of the stream."""
    size = array.array("i").itemsize
    head, ancillary, _, _ = connection.recvmsg(
        _LENGTH.size, socket.CMSG_SPACE(_MOST_DESCRIPTORS * size), socket.MSG_CMSG_CLOEXEC
    )
    if not head:
        return None
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % size])
    head += _exactly(connection, _LENGTH.size - len(head))
    (length,) = _LENGTH.unpack(head)
    if length > _LARGEST_BYTES:
        raise ConnectionError(f"a message of {length} bytes")
    return Packet(json.loads(_exactly(connection, length)), list(descriptors))


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = []
    while count > 0:
        part = connection.recv(min(count, 1 << 20))
        if not part:
            raise ConnectionError("the stream ended within a message")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
