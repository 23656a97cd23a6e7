"""Redis on a port of its own, and one that takes its time to load."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need
from tests.real.servers.server import SECRET, Server, workplace

from holdfast.dependencies.target import parse_target

# redis.conf, key-load-delay: microseconds for each key, made for tests of LOADING.
_DELAY_MICROSECONDS = 1000
_KEYS = 20000


@contextmanager
def server() -> Iterator[Server]:
    """One that is up and wants a password."""
    with workplace() as directory:
        running = _start(directory)
        try:
            running.until_up(directory / "output.log")
            yield running
        finally:
            running.stop()


@contextmanager
def replica(master: Server) -> Iterator[Server]:
    """A replica of another one."""
    host, port = parse_target(master.url).hosts[0]
    with workplace() as directory:
        running = _start(directory, "--replicaof", f"{host} {port}", "--masterauth", SECRET)
        try:
            running.until_up(directory / "output.log")
            yield running
        finally:
            running.stop()


@contextmanager
def starting() -> Iterator[Server]:
    """One that loads 20,000 keys at 1 ms each: it answers LOADING meanwhile."""
    with workplace() as directory:
        _fill(directory)
        running = _start(
            directory,
            "--key-load-delay",
            str(_DELAY_MICROSECONDS),
            "--loading-process-events-interval-bytes",
            "1024",
        )
        _until_listening(running)
        try:
            yield running
        finally:
            running.stop()


def _fill(directory: Path) -> None:
    """Leave a dump.rdb behind."""
    filling = _start(directory)
    filling.until_up(directory / "output.log")
    with socket.create_connection(parse_target(filling.url).hosts[0]) as client:
        client.sendall(f"AUTH {SECRET}\r\n".encode())
        client.sendall(b"".join(b"SET %d x\r\n" % number for number in range(_KEYS)))
        client.sendall(b"SHUTDOWN SAVE\r\n")
        while client.recv(65536):
            pass
    filling.stop()


def _until_listening(running: Server) -> None:
    for _ in range(500):
        if running.ask().state != "refused":
            return
        time.sleep(0.02)


def _start(directory: Path, *options: str) -> Server:
    program = need("redis-server", "redis-server")
    port = free_port()
    place = f"{LOOPBACK}:{port}"
    running = Server(
        url=f"redis://{place}",
        login=f"redis://:{SECRET}@{place}/0",
        missing=f"redis://:{SECRET}@{place}/99",
    )
    base = ["--port", str(port), "--bind", LOOPBACK, "--requirepass", SECRET, "--save", ""]
    running.run([program, *base, "--dir", str(directory), *options], directory)
    return running
