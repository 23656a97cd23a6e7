"""Peers on loopback that misbehave on purpose."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LOOPBACK = "127.0.0.1"


@contextmanager
def listener(backlog: int = 16) -> Iterator[socket.socket]:
    """A listening socket that nobody accepts from: to a client the server is frozen."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((LOOPBACK, 0))
        server.listen(backlog)
        yield server


@contextmanager
def black_hole() -> Iterator[int]:
    """The port of a listener whose backlog is full: Linux drops every further SYN."""
    with listener(backlog=0) as server:
        clients = []
        for _ in range(4):
            client = socket.socket()
            client.settimeout(0)
            with suppress(BlockingIOError):
                client.connect(server.getsockname())
            clients.append(client)
        yield server.getsockname()[1]
        for client in clients:
            client.close()


@contextmanager
def peer(*pieces: bytes, close: bool = True) -> Iterator[int]:
    """The port of a server that sends these pieces to everybody who connects, then closes."""
    stop = threading.Event()

    def serve(server: socket.socket) -> None:
        while not stop.is_set():
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client, suppress(OSError):
                client.settimeout(5)
                for piece in pieces:
                    client.sendall(piece)
                    client.recv(65536)
                if not close:
                    stop.wait(5)

    with listener() as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        stop.set()
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        port: int = server.getsockname()[1]
        return port
