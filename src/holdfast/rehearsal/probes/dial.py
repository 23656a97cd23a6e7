"""Connections as the kubelet's probes open them, and their failures in the words of Go.

Rules: every connection is new and is closed with a linger of one second, so that ports are free
again soon. Source: kubernetes v1.36.2 pkg/probe/dialer_others.go; Go net.OpError.
"""

import asyncio
import contextlib
import os
import socket
import struct

_LINGER_SECONDS = 1


class DialError(Exception):
    """No connection; the message is what Go's dialer says."""


async def dial(host: str, port: int) -> socket.socket:
    """A connected socket. Raises DialError; the caller limits the time."""
    try:
        family, address = await _resolve(host, port)
    except socket.gaierror as error:
        raise DialError(f"dial tcp: lookup {host}: no such host") from error
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(0)
        linger = struct.pack("ii", 1, _LINGER_SECONDS)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        await asyncio.get_running_loop().sock_connect(connection, address)
    except OSError as error:
        connection.close()
        shown = join_host_port(address[0], port)
        raise DialError(f"dial tcp {shown}: connect: {go_error(error)}") from error
    except BaseException:
        connection.close()
        raise
    return connection


def join_host_port(host: str, port: int) -> str:
    """As Go's net.JoinHostPort: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def go_error(error: OSError) -> str:
    """The text of Go for an error number, which is the C library's in small letters."""
    return os.strerror(error.errno).lower() if error.errno else str(error)


async def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            # An address needs no thread that asks the resolver.
            socket.inet_pton(family, host)
            return family, (host, port)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, _, _, _, address = found[0]
    return family, (str(address[0]), port)
