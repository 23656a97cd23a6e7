"""The example services as pods of a rehearsal: their programs, their manifests, their faults."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.examples import fastapi, gin
from tests.real.examples.service import free_pair, nowhere
from tests.real.servers.server import Server
from tests.rehearsal.reported import Told

HOLDFAST = str(Path(sys.executable).with_name("holdfast"))


class Program(NamedTuple):
    """A service: how it is started, and what of it differs from the other one."""

    sources: Path
    command: list[str]
    environment: dict[str, str]
    side_port: bool
    """Whether its probes are answered on a port of their own."""
    entrypoint: list[str]
    """What its image runs, before the arguments of the manifest."""


def gin_service(program: str) -> Program:
    """The Go service."""
    stop = {"DRAIN_SECONDS": "1", "IN_FLIGHT_SECONDS": "2", "GRACE_SECONDS": "10"}
    return Program(gin.SOURCES, [program], stop, side_port=False, entrypoint=[program])


def fastapi_service() -> Program:
    """The Python service below its supervisor."""
    environment = {
        "HOLDFAST_DRAIN_SECONDS": "1",
        "HOLDFAST_GRACE_SECONDS": "10",
        "PYTHONPATH": str(fastapi.SOURCES),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    entrypoint = [HOLDFAST, "run", "--"]
    command = [*entrypoint, sys.executable, "-m", "orders"]
    return Program(fastapi.SOURCES, command, environment, side_port=True, entrypoint=entrypoint)


def migrate(program: Program, servers: tuple[Server, Server]) -> None:
    """Create its tables."""
    database, cache = servers
    urls = {"DATABASE_URL": database.login, "REDIS_URL": cache.login, "DATABASE_POOL": "2"}
    environment = {**os.environ, **program.environment, **urls}
    subprocess.run([*program.command, "migrate"], env=environment, check=True, capture_output=True)


def own_arguments(
    program: Program, servers: tuple[Server, Server], directory: Path
) -> tuple[str, ...]:
    """What rehearses a service by its own Deployment, with ports that are free here."""
    service = program.sources.name
    deployment = yaml.safe_load((program.sources / "deploy" / "deployment.yaml").read_text())
    spec = deployment["spec"]["template"]["spec"]
    # Whoever this is must be able to read a program in the directory of the tests.
    del spec["securityContext"]["runAsUser"]
    (container,) = spec["containers"]
    ports = {"http": free_port(), "health": free_port()}
    for entry in container["ports"]:
        entry["containerPort"] = ports[entry["name"]]
    container["env"] += [
        {"name": "PORT", "value": str(ports["http"])},
        {"name": "HEALTH_ADDRESS", "value": f":{ports['health']}"},
        {"name": "PRIVATE_ADDRESS", "value": f"{LOOPBACK}:{free_port()}"},
    ]
    database, cache = servers
    files = {
        "deployment.yaml": yaml.safe_dump(deployment, sort_keys=False),
        "secret": f"database-url={database.login}\nredis-url={cache.login}\n",
        "commands.yaml": yaml.safe_dump(
            {service: program.command, "migrate": program.entrypoint}, sort_keys=False
        ),
    }
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
    return (
        "-f", str(directory / "deployment.yaml"),
        "--secret", f"{service}={directory / 'secret'}",
        "--commands", str(directory / "commands.yaml"),
    )  # fmt: skip


class Broken(NamedTuple):
    """A fault, the pod in which it shows, and what the report has to say of it."""

    fault: str
    """As in FAULTS, with its value."""
    told: Told
    why: str = ""
    """Why the report has no patch that can be applied."""
    length: str = "30s"
    flags: tuple[str, ...] = ()
    limits: tuple[tuple[str, str], ...] = ()
    away: str = ""
    """The dependency that is away: database or cache."""
    guarded: bool = True
    """Whether a startup probe guards the start."""
    timeout: int = 5
    """Seconds that liveness waits."""
    while_running: bool = False
    """Switched on when it is ready, and not at the start."""
    words: str = ""
    """What is told below the report."""

    @property
    def name(self) -> str:
        """The name of the switch."""
        return self.fault.partition("=")[0]


class Pod:
    """A manifest of one service in a directory of its own."""

    def __init__(
        self, program: Program, broken: Broken, servers: tuple[Server, Server], directory: Path
    ) -> None:
        """Write it."""
        self.directory = directory / broken.name
        self.directory.mkdir(parents=True)
        self.port, self.private = free_pair(), free_port()
        self._probed = free_port() if program.side_port else self.port
        environment = {**program.environment, **self._surroundings(broken, *servers)}
        container = {
            "name": "app",
            "image": "registry.example.com/orders:1",
            "command": program.command,
            "env": [{"name": name, "value": value} for name, value in environment.items()],
            "ports": [{"containerPort": port} for port in sorted({self.port, self._probed})],
            "resources": {"limits": dict(broken.limits)},
            **self._probes(broken),
        }
        spec = {"terminationGracePeriodSeconds": 10, "containers": [container]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": broken.name}, "spec": spec}
        text = yaml.safe_dump(pod, sort_keys=False)
        (self.directory / "pod.yaml").write_text(text, encoding="utf-8")

    def switch(self, fault: str) -> None:
        """Switch a fault on while it runs."""
        url = f"http://{LOOPBACK}:{self.private}/faults/{fault}"
        with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=5):
            pass

    def is_ready(self) -> bool:
        """Whether it would be sent requests."""
        try:
            url = f"http://{LOOPBACK}:{self._probed}/readyz"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _surroundings(self, broken: Broken, database: Server, cache: Server) -> dict[str, str]:
        away = {
            "database": {"DATABASE_URL": f"postgres://app@{nowhere()}/app"},
            "cache": {"REDIS_URL": f"redis://{nowhere()}"},
        }
        return {
            "DATABASE_URL": database.login,
            "REDIS_URL": cache.login,
            "DATABASE_POOL": "2",
            "REFRESH_SECONDS": "1",
            "PORT": str(self.port),
            "HEALTH_ADDRESS": f":{self._probed}",
            "PRIVATE_ADDRESS": f"{LOOPBACK}:{self.private}",
            "FAULTS": "" if broken.while_running else broken.fault,
            **away.get(broken.away, {}),
        }

    def _probes(self, broken: Broken) -> dict[str, Any]:
        live = {"httpGet": {"path": "/healthz", "port": self._probed}, "periodSeconds": 2}
        ready = {"httpGet": {"path": "/readyz", "port": self._probed}, "periodSeconds": 2}
        probes = {
            "livenessProbe": {
                **live,
                "timeoutSeconds": broken.timeout,
                "failureThreshold": 2 if broken.guarded else 5,
            },
            "readinessProbe": {**ready, "timeoutSeconds": 5},
        }
        if broken.guarded:
            start = {"periodSeconds": 1, "timeoutSeconds": 5, "failureThreshold": 60}
            probes["startupProbe"] = {**live, **start}
        return probes
