"""The registry of the distribution project, on a port of its own, with a login."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.programs import need
from tests.real.servers.server import SECRET, Server, workplace

# Of the user app and SECRET, by bcrypt, the only form that the registry takes.
_LOGIN = "app:$2y$04$abcdefghijklmnopqrstuuCQJihAtkEqL0AbbnPMh.KX76wiZ4YIy\n"
_CONFIGURATION = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {root}}}}}
http: {{addr: "{place}"}}
auth: {{htpasswd: {{realm: test, path: {login}}}}}
"""


@contextmanager
def server() -> Iterator[Server]:
    """One that is up; `url` is its API, and pulls and pushes need the login."""
    program = need("docker-registry", "docker-registry")
    with workplace() as directory:
        place = f"{LOOPBACK}:{free_port()}"
        login = directory / "login"
        login.write_text(_LOGIN)
        settings = directory / "registry.yaml"
        text = _CONFIGURATION.format(root=directory / "data", place=place, login=login)
        settings.write_text(text)
        running = Server(url=f"tcp://{place}", login=f"app:{SECRET}")
        running.run([program, "serve", str(settings)], directory)
        try:
            running.until_up(directory / "output.log")
            yield running
        finally:
            running.stop()
