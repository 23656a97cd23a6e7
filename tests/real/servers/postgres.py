"""PostgreSQL on a port of its own, with passwords (SCRAM), and one that never finishes starting."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need
from tests.real.servers.server import SECRET, Server, workplace

_PLACES = "/usr/lib/postgresql/*/bin"
# PostgreSQL refuses to run as root.
_ACCOUNT = "postgres" if os.getuid() == 0 else None
MOST_SESSIONS = 5


@contextmanager
def server(sessions: int = MOST_SESSIONS) -> Iterator[Server]:
    """One that is up, and takes so many sessions."""
    with workplace(_ACCOUNT) as directory:
        running = _start(directory, sessions=sessions)
        try:
            running.until_up(directory / "output.log")
            yield running
        finally:
            running.stop()


@contextmanager
def starting() -> Iterator[Server]:
    """A standby that serves nobody (hot_standby=off): it answers 57P03 for ever."""
    with workplace(_ACCOUNT) as directory:
        running = _start(directory, "-chot_standby=off", standby=True)
        try:
            yield running
        finally:
            running.stop()


def _start(
    directory: Path, *settings: str, standby: bool = False, sessions: int = MOST_SESSIONS
) -> Server:
    initdb = need("initdb", "postgresql", f"{_PLACES}/initdb")
    data, secret = directory / "data", directory / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o644)
    subprocess.run(
        [initdb, "-D", data, "-U", "app", "--pwfile", secret, "-A", "scram-sha-256", "-N"],
        check=True,
        capture_output=True,
        user=_ACCOUNT,
        group=_ACCOUNT,
        cwd=directory,
    )
    if standby:
        (data / "standby.signal").touch()
    port = free_port()
    place = f"{LOOPBACK}:{port}"
    running = Server(
        url=f"postgres://{place}/postgres",
        login=f"postgres://app:{SECRET}@{place}/postgres",
        missing=f"postgres://app:{SECRET}@{place}/nowhere",
    )
    options = ["-p", str(port), "-h", LOOPBACK, "-k", str(directory), "-F", *settings]
    options += [f"-cmax_connections={sessions}", "-csuperuser_reserved_connections=0"]
    options += ["-cmax_wal_senders=0"]
    program = str(Path(initdb).with_name("postgres"))
    running.run([program, "-D", str(data), *options], directory, account=_ACCOUNT)
    return running
