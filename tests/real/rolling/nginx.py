"""nginx in front of replicas: kept connections to them, and no second try that hides a loss."""

import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need
from tests.real.servers.server import workplace

_START_SECONDS = 30.0
_CONFIGURATION = """
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    upstream shop {{
{servers}
        keepalive 16;
    }}
    server {{
        listen {host}:{port};
        location / {{
            proxy_pass http://shop;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_next_upstream off;
            proxy_connect_timeout 5s;
        }}
    }}
}}
"""


class Nginx:
    """One that runs; `route` names the replicas that it sends requests to."""

    def __init__(self, program: str, directory: Path, ports: Iterable[int]) -> None:
        """Start with these replicas."""
        self.port = free_port()
        self._directory = directory
        self._file = directory / "nginx.conf"
        self._write(ports)
        self.process = subprocess.Popen(
            [program, "-c", str(self._file), "-p", str(directory), "-e", str(directory / "start")]
        )
        deadline = time.monotonic() + _START_SECONDS
        while not (directory / "nginx.pid").exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((directory / "start").read_text(errors="replace"))
            time.sleep(0.02)

    def route(self, ports: Iterable[int]) -> None:
        """From now on these: what a controller does when endpoints have changed."""
        self._write(ports)
        self.process.send_signal(signal.SIGHUP)

    def _write(self, ports: Iterable[int]) -> None:
        # max_fails=0: a replica that fails once is not spared the next requests.
        servers = "\n".join(f"        server {LOOPBACK}:{port} max_fails=0;" for port in ports)
        text = _CONFIGURATION.format(
            directory=self._directory, servers=servers, host=LOOPBACK, port=self.port
        )
        self._file.write_text(text)


@contextmanager
def nginx(ports: Iterable[int]) -> Iterator[Nginx]:
    """nginx on a port of its own."""
    program = need("nginx", "nginx", "/usr/sbin/nginx")
    with workplace() as directory:
        running = Nginx(program, directory, ports)
        try:
            yield running
        finally:
            running.process.terminate()
            running.process.wait()
