"""NATS on a port of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need
from tests.real.servers.server import SECRET, Server, workplace


@contextmanager
def server() -> Iterator[Server]:
    """One that is up and wants a user and a password."""
    program = need("nats-server", "nats-server")
    with workplace() as directory:
        place = f"{LOOPBACK}:{free_port()}"
        running = Server(url=f"nats://{place}", login=f"nats://app:{SECRET}@{place}")
        host, port = place.split(":")
        options = ["-a", host, "-p", port, "--user", "app", "--pass", SECRET]
        running.run([program, *options], directory)
        try:
            running.until_up(directory / "output.log")
            yield running
        finally:
            running.stop()
