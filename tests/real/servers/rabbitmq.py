"""RabbitMQ on a port of its own, with an epmd of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need
from tests.real.servers.server import SECRET, Server, workplace


@contextmanager
def server() -> Iterator[Server]:
    """One that is up, with the user app."""
    program = need("rabbitmq-server", "rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
    # Debian's wrapper on PATH insists on its own account; the script behind it does not.
    real = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    with workplace() as directory:
        port, names = free_port(), free_port()
        place = f"{LOOPBACK}:{port}"
        (directory / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = {place}\ndefault_user = app\ndefault_pass = {SECRET}\n"
            "loopback_users = none\n"
        )
        running = Server(
            url=f"amqp://{place}",
            login=f"amqp://app:{SECRET}@{place}",
            missing=f"amqp://app:{SECRET}@{place}/nowhere",
        )
        variables = {
            "HOME": str(directory),
            "RABBITMQ_NODENAME": f"holdfast{port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq.conf"),
            "RABBITMQ_MNESIA_BASE": str(directory),
            "RABBITMQ_LOG_BASE": str(directory),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1",
        }
        daemon = need("epmd", "rabbitmq-server")
        running.run([daemon, "-port", str(names)], directory, variables=variables)
        chosen = real if os.access(real, os.X_OK) else program
        running.run([chosen], directory, variables=variables)
        try:
            running.until_up(directory / "output.log")
            yield running
        finally:
            running.stop()
