"""MariaDB on a port of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need
from tests.real.servers.server import SECRET, Server, workplace

_ACCOUNT = "mysql" if os.getuid() == 0 else None
# So few interrupted handshakes block a host; the default is 100.
MOST_INTERRUPTED = 3


@contextmanager
def server() -> Iterator[Server]:
    """One that is up."""
    program = need("mariadbd", "mariadb-server", "/usr/sbin/mariadbd")
    install = need("mariadb-install-db", "mariadb-server")
    with workplace(_ACCOUNT) as directory:
        data = directory / "data"
        # Two servers that are set up at once must not meet in /tmp.
        variables = {**os.environ, "TMPDIR": str(directory)}
        subprocess.run(
            [install, "--no-defaults", f"--datadir={data}", "--skip-test-db",
             "--auth-root-authentication-method=normal"],
            check=True,
            capture_output=True,
            user=_ACCOUNT,
            group=_ACCOUNT,
            cwd=directory,
            env=variables,
        )  # fmt: skip
        first = directory / "first.sql"
        first.write_text(
            # One statement a line, or only the first is executed.
            f"CREATE DATABASE app;\nCREATE USER app@'%' IDENTIFIED BY '{SECRET}';\n"
            "GRANT ALL ON app.* TO app@'%';\nDROP USER IF EXISTS ''@localhost;\n"
        )
        port = free_port()
        place = f"{LOOPBACK}:{port}"
        running = Server(
            url=f"mysql://{place}/app",
            login=f"mysql://app:{SECRET}@{place}/app",
            missing=f"mysql://root@{place}/nowhere",
        )
        options = [
            f"--datadir={data}", f"--port={port}", "--bind-address=0.0.0.0",
            f"--socket={directory}/s", f"--pid-file={directory}/pid", f"--init-file={first}",
            f"--max-connect-errors={MOST_INTERRUPTED}", "--innodb-flush-log-at-trx-commit=0",
        ]  # fmt: skip
        running.run(
            [program, "--no-defaults", *options], directory, account=_ACCOUNT, variables=variables
        )
        try:
            running.until_up(directory / "output.log")
            yield running
        finally:
            running.stop()
