"""The side listener: probes answered on a thread of their own, whatever the event loop does.

A saturated loop answers a new connection after seconds, a stalled one not at all; this thread does
within milliseconds, and tells how late the loop is (service.md 6.7, 12.1). A C extension that holds
the interpreter's lock defeats a thread.

Rules: it reads the board and never runs a check. Nobody can hold it: no bytes are waited for longer
than two seconds, requests are at most 8 KiB, connections at most 64. Each answer closes. Few
system calls: each gives the interpreter's lock away, and a busy thread keeps it for 5 ms
(sys.getswitchinterval).
"""

import contextlib
import logging
import selectors
import socket
import threading
from collections.abc import Callable, Mapping
from time import monotonic

from holdfast.health.answers import DETAIL, NOT_ALLOWED, Answer, Endpoint
from holdfast.health.errors import HealthError

_IDLE_SECONDS = 2.0
_LARGEST_REQUEST = 8192
_MOST_CONNECTIONS = 64
_BACKLOG = 128
_NOT_FOUND = Answer(404, ((b"content-length", b"0"),), b"")
_BAD_REQUEST = Answer(400, ((b"content-length", b"0"),), b"")
_PHRASES = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    503: "Service Unavailable",
}
_LOG = logging.getLogger("holdfast.health")


def parse_address(listen: object) -> tuple[str, int]:
    """Host and port of ":8086", "127.0.0.1:8086", "[::1]:8086" or 8086. Raises HealthError."""
    text = f":{listen}" if isinstance(listen, int) and not isinstance(listen, bool) else listen
    host, colon, port = text.rpartition(":") if isinstance(text, str) else ("", "", "")
    if not colon or not port.isascii() or not port.isdecimal() or int(port) > 65535:
        raise HealthError(
            f"listen={listen!r}",
            "no port from 0 to 65535; expected HOST:PORT, or :PORT for all addresses",
            'write listen=":8086"',
        )
    return host.strip("[]"), int(port)


class SideListener:
    """One thread, one listening socket."""

    def __init__(self, listen: object, endpoints: Mapping[str, Endpoint]) -> None:
        """Bind, but answer nobody yet. `endpoints`: by path. Raises HealthError for a port that
        is taken."""
        self._endpoints = endpoints
        self._socket = _bind(*parse_address(listen), listen)
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        # Written to by `stop`, to end a wait.
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="holdfast probes", daemon=True)

    @property
    def port(self) -> int:
        """The port, also where 0 was asked for."""
        number: int = self._socket.getsockname()[1]
        return number

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Close, from any thread."""
        self._stopping = True
        with contextlib.suppress(OSError):
            self._wake_writer.send(b"x")
        if self._thread.is_alive():
            self._thread.join(1.0)
        for end in (self._wake_reader, self._wake_writer, self._socket):
            end.close()

    def _run(self) -> None:
        selector = self._selector
        selector.register(self._socket, selectors.EVENT_READ, self._accept)
        selector.register(self._wake_reader, selectors.EVENT_READ, _wake_up)
        connections: set[_Connection] = set()
        self._connections = connections
        with selector:
            while not self._stopping:
                timeout = _IDLE_SECONDS if connections else None
                ready = selector.select(timeout)
                now = monotonic()
                for key, _ in ready:
                    action: Callable[[float], None] = key.data
                    action(now)
                for connection in [c for c in connections if now >= c.deadline]:
                    connection.close()
            for connection in tuple(connections):
                connection.close()

    def _accept(self, now: float) -> None:
        with contextlib.suppress(OSError):
            peer, _ = self._socket.accept()
            connection = _Connection(peer, self, now + _IDLE_SECONDS)
            # The request has usually come with the connection.
            connection.read(now)
            if connection.closed:
                return
            self._connections.add(connection)
            self._selector.register(peer, selectors.EVENT_READ, connection.read)
            if len(self._connections) > _MOST_CONNECTIONS:
                min(self._connections, key=lambda c: c.deadline).close()

    def drop(self, connection: "_Connection", peer: socket.socket) -> None:
        """A connection has ended."""
        self._connections.discard(connection)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(peer)
        peer.close()

    def answer(self, request: bytes, now: float) -> bytes:
        """The response to a request's head."""
        method, _, rest = request.partition(b" ")
        target, _, version = rest.partition(b"\r\n")[0].rpartition(b" ")
        if not version.startswith(b"HTTP/1") or not target:
            return _encode(_BAD_REQUEST, head=False)
        path = target.partition(b"?")[0].decode("latin-1")
        endpoint = self._endpoints.get(path)
        if endpoint is None:
            answer = _NOT_FOUND
        elif method not in (b"GET", b"HEAD"):
            answer = NOT_ALLOWED
        else:
            answer = endpoint.detail(now) if endpoint.kind == DETAIL else endpoint.answer(now)
        return _encode(answer, head=method == b"HEAD")


class _Connection:
    """One peer: its request so far, and what is still to be sent."""

    def __init__(self, peer: socket.socket, listener: SideListener, deadline: float) -> None:
        self.deadline = deadline
        self.closed = False
        self._peer = peer
        self._listener = listener
        self._request = b""

    def read(self, now: float) -> None:
        try:
            piece = self._peer.recv(_LARGEST_REQUEST, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        self._request += piece
        whole = b"\r\n\r\n" in self._request
        if whole:
            self._send(self._listener.answer(self._request, now))
        if whole or not piece or len(self._request) > _LARGEST_REQUEST:
            self.close()

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._listener.drop(self, self._peer)

    def _send(self, response: bytes) -> None:
        # A new connection's buffer holds far more than an answer; what does not fit belongs to a
        # peer that does not read.
        with contextlib.suppress(OSError):
            self._peer.sendall(response, socket.MSG_DONTWAIT)
            self._peer.shutdown(socket.SHUT_WR)


def _wake_up(now: float) -> None:
    """The loop looks whether it should stop."""
    del now


def _encode(answer: Answer, *, head: bool) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_PHRASES[answer.status]}".encode()]
    lines += [b"%s: %s" % pair for pair in answer.headers]
    lines += [b"connection: close", b"", b"" if head else answer.body]
    return b"\r\n".join(lines)


def _bind(host: str, port: int, listen: object) -> socket.socket:
    family = socket.AF_INET6 if ":" in host or not host else socket.AF_INET
    try:
        return _listening(family, host, port)
    except OSError as error:
        if host:
            raise _taken(listen, error) from None
    # A machine without IPv6.
    try:
        return _listening(socket.AF_INET, host, port)
    except OSError as error:
        raise _taken(listen, error) from None


def _listening(family: int, host: str, port: int) -> socket.socket:
    server = socket.socket(family, socket.SOCK_STREAM)
    try:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            # Several workers of one service: the kernel spreads the probes over them.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6 and not host:
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        server.settimeout(0.0)
        server.bind((host, port))
        server.listen(_BACKLOG)
    except OSError:
        server.close()
        raise
    return server


def _taken(listen: object, error: OSError) -> HealthError:
    return HealthError(
        f"listen={listen!r}",
        f"{error.strerror or error}; expected a port of its own",
        "choose another port for the side listener",
    )
