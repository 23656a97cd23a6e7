"""Where a pod's programs listen and where the probes knock.

Rules: the probes never ask 127.0.0.1, because a kubelet does not: a program that listens there only
fails here as it does in a cluster. By default the pod shares the computer's network, so that it
reaches its database, and is asked at another address of the loopback interface. As root it can have
a network of its own, tied to the computer by a pair of virtual cards; nothing of it outlives it.
"""

import ipaddress
import os
import socket
import subprocess
from collections.abc import Iterable
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

from holdfast.rehearsal.container_runtime import (
    ContainerRuntime,
    RehearsalError,
    StartFailedError,
)
from holdfast.rehearsal.runtime.wire import Program

# Any address of 127.0.0.0/8 is this computer; servers bound to 127.0.0.1 do not answer at others.
_SHARED = ipaddress.IPv4Network("127.64.0.0/10")
# RFC 2544 sets this network apart for measurements: no computer has addresses in it.
_OWN = ipaddress.IPv4Network("198.18.0.0/15")
_LISTENING = "0A"
_numbers = count()


class PodNetwork(NamedTuple):
    """The pod's address, that of its node as the pod sees it, and a network of its own or None."""

    pod_ip: str
    node_ip: str
    descriptor: int | None = None


def shared_network() -> PodNetwork:
    """The computer's own network."""
    number = (os.getpid() * 64 + next(_numbers)) % (_SHARED.num_addresses - 2)
    return PodNetwork(str(_SHARED[number + 1]), "127.0.0.1")


async def own_network(runtime: ContainerRuntime) -> PodNetwork:
    """A network namespace with one card. Raises RehearsalError where that is not possible."""
    place = await runtime.new_network()
    card = f"hf{os.getpid()}x{next(_numbers)}"
    node, pod = _free_addresses()
    _ip("link", "add", card, "type", "veth", "peer", "name", "eth0", "netns", place)
    _ip("addr", "add", f"{node}/30", "dev", card)
    _ip("link", "set", card, "up")
    descriptor = os.open(place, os.O_RDONLY)
    for words in (
        ("link", "set", "lo", "up"),
        ("addr", "add", f"{pod}/30", "dev", "eth0"),
        ("link", "set", "eth0", "up"),
        ("route", "add", "default", "via", node),
    ):
        await _ip_within(runtime, descriptor, words)
    return PodNetwork(pod, node, descriptor)


def check_ports(ports: Iterable[int]) -> None:
    """Refuse ports of the pod that somebody on this computer listens on. Raises RehearsalError."""
    for port in sorted(set(ports)):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except PermissionError:
                continue
            except OSError as error:
                raise RehearsalError(
                    "preparing the pod's ports",
                    f"port {port}",
                    f"{os.strerror(error.errno or 0)}: {_owner(port)} listens on it",
                    "stop it, or give the pod a network of its own: --network own, as root",
                ) from error


async def _ip_within(runtime: ContainerRuntime, network: int, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    program = Program(("ip", *words), {"PATH": _path()}, "/", isolated=False, network=True)
    try:
        running = await runtime.start(program, writing, network)
        status = await running.ended
    except StartFailedError as error:
        os.close(reading)
        raise _refusal("ip " + " ".join(words), os.strerror(error.failure.errno)) from error
    finally:
        os.close(writing)
    with open(reading, encoding="utf-8", errors="replace") as output:  # noqa: PTH123 - a descriptor
        said = output.read()
    if status != 0:
        raise _refusal("ip " + " ".join(words), said.strip())


def _ip(*words: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and addresses of ours
            ["ip", *words],  # noqa: S607 - wherever the system keeps it
            env={"PATH": _path()},
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
    except OSError as error:
        raise _refusal("ip", str(error)) from error
    if done.returncode != 0:
        raise _refusal("ip " + " ".join(words), done.stderr.strip())


def _path() -> str:
    """Where `ip` lies; users' paths often lack the directories for administrators."""
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


def _free_addresses() -> tuple[str, str]:
    """Two neighbouring addresses that no card of this computer has."""
    taken = subprocess.run(
        ["ip", "-o", "-4", "addr", "show"],  # noqa: S607
        env={"PATH": _path()},
        capture_output=True,
        check=False,
        encoding="utf-8",
    ).stdout
    first = (os.getpid() * 64 + next(_numbers)) * 4
    for step in range(0, _OWN.num_addresses, 4):
        base = (first + step) % _OWN.num_addresses
        if f" {_OWN[base + 1]}/" not in taken:
            return str(_OWN[base + 1]), str(_OWN[base + 2])
    raise _refusal(str(_OWN), "every address is in use")


def _refusal(where: str, found: str) -> RehearsalError:
    return RehearsalError(
        "making the pod's own network",
        where,
        found,
        "install iproute2 and run as root, or leave out --network own",
    )


def _owner(port: int) -> str:
    """Who listens on a port, as far as this user may know."""
    wanted = {
        f"socket:[{fields[9]}]"
        for file in ("/proc/net/tcp", "/proc/net/tcp6")
        for fields in _rows(Path(file))
        if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port
    }
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            for link in (process / "fd").iterdir():
                with suppress(OSError):
                    if str(link.readlink()) in wanted:
                        name = (process / "comm").read_text(encoding="utf-8").strip()
                        return f"{name} (process {process.name})"
    return "another process"


def _rows(file: Path) -> list[list[str]]:
    try:
        return [line.split() for line in file.read_text(encoding="ascii").splitlines()[1:]]
    except OSError:
        return []
