"""Every program of docs/service.md, as it stands there, on real servers with real dependencies.

Its ports are replaced by free ones, and the drain window is shortened; nothing else.
"""

import json
import shlex
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.documents.page import sections
from tests.real.examples.service import Service, started
from tests.real.programs import need_driver
from tests.real.servers import postgres, redis
from tests.real.servers.server import Server

pytestmark = pytest.mark.real

SECTIONS = sections()
WEB = {
    "FastAPI and Starlette": ("fastapi", "asyncpg"),
    "Flask, and other WSGI": ("flask", "psycopg_pool"),
    "aiohttp": ("aiohttp",),
    "Django": ("django",),
}
WELL = '{"status":"pass"}'
_BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """PostgreSQL, up."""
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="module")
def cache() -> Iterator[Server]:
    """Redis, up."""
    with redis.server() as server:
        yield server


class Running(NamedTuple):
    """A program of the page: its process, its side listener and its gRPC port."""

    service: Service
    side: int
    grpc: int
    directory: Path

    def on_side(self, path: str) -> int:
        """The status of a probe of the side listener."""
        return self.service.get_from(self.side, path).status

    def stop(self) -> int:
        """SIGTERM; answers the exit code."""
        self.service.term()
        return self.service.wait()


@contextmanager
def program(
    title: str, directory: Path, cache: Server, database: Server | None = None
) -> Iterator[Running]:
    """The files of a section, started by its command."""
    section = SECTIONS[title]
    side, grpc = free_port(), free_port()
    target = f"{LOOPBACK}:{grpc}"
    (command,) = section.commands
    for name, text in section.files.items():
        swapped = text.replace(":8086", f"{LOOPBACK}:{side}").replace("[::]:50051", target)
        (directory / name).write_text(swapped.replace("port=8080", 'port=int(os.environ["PORT"])'))
    line = f"cd {shlex.quote(str(directory))} && exec {command.replace('8080', '$PORT')}"
    environment = {
        "PATH": f"{_BIN}:/usr/bin:/bin", "HOLDFAST_DRAIN_SECONDS": "3", "SECRET_KEY": "of a test",
        "REDIS_URL": cache.login, "DATABASE_URL": database.login if database else "",
        "HOME": str(directory),
    }  # fmt: skip
    with started(["sh", "-c", line], directory, (), **environment) as service:
        yield Running(service, side, grpc, directory)


def test_every_program_is_run() -> None:
    """A section without a test here would go stale."""
    assert set(SECTIONS) == {*WEB, "Workers", "Celery", "gRPC", "In the pod"}


@pytest.mark.parametrize("title", WEB)
def test_web_services(title: str, tmp_path: Path, database: Server, cache: Server) -> None:
    """They become ready, serve, drain, and end with 0."""
    for package in WEB[title]:
        need_driver(package)
    with program(title, tmp_path, cache, database) as running:
        service = running.service
        service.until_live()
        if title == "Django":
            assert service.get("/readyz").body == "starting"
            _migrate(tmp_path)
        service.until_ready()
        service.assert_soon(lambda: service.get("/health").body == WELL, "health")
        served = service.get("/").status
        service.term()
        service.assert_soon(lambda: service.get("/readyz").body == "draining", "drain")
        code = service.wait()

    assert served == 200
    assert code == 0, service.log


def _migrate(directory: Path) -> None:
    """What the Job does, with the settings of the page."""
    program = "import shop; from django.core.management import call_command as c; c('migrate')"
    environment = {"SECRET_KEY": "of a test", "PATH": str(_BIN)}
    subprocess.run(
        [sys.executable, "-c", program], cwd=directory, env=environment, check=True,
        capture_output=True,
    )  # fmt: skip


def test_streams_end_with_the_drain(tmp_path: Path, database: Server, cache: Server) -> None:
    """An endless event stream does not hold the stop, and its client reads a whole response."""
    with program("FastAPI and Starlette", tmp_path, cache, database) as running:
        running.service.until_ready()
        url = f"http://{LOOPBACK}:{running.service.port}/events"
        with urllib.request.urlopen(url, timeout=30) as stream:
            first = stream.readline()
            running.service.term()
            rest = stream.read()
        code = running.service.wait()

    assert first == b"data: tick\n"
    assert rest.endswith(b"\n\n") or rest == b"\n"
    assert code == 0


def test_side_listener_of_the_page(tmp_path: Path, database: Server, cache: Server) -> None:
    """The port that the manifest's probes ask; it shows the checks."""
    with program("FastAPI and Starlette", tmp_path, cache, database) as running:
        running.service.until_ready()
        answers = {path: running.on_side(path) for path in ("/startupz", "/healthz", "/readyz")}
        detail = json.loads(running.service.get_from(running.side, "/health").body)

    assert set(answers.values()) == {200}
    assert {"postgres:responseTime", "redis:responseTime"} <= set(detail["checks"])


def test_worker(tmp_path: Path, cache: Server) -> None:
    """It works, tells its pulse, and ends by itself."""
    need_driver("redis")
    import redis as driver

    with driver.Redis.from_url(cache.login) as queue:
        queue.rpush("jobs", "one")
        with program("Workers", tmp_path, cache) as running:
            done = queue.blpop(["done"], timeout=30)
            running.service.assert_soon(lambda: running.on_side("/readyz") == 200, "readiness")
            live = running.on_side("/healthz")
            code = running.stop()

    assert done is not None
    assert done[1] == b"one"
    assert (live, code) == (200, 0), running.service.log


def test_celery(tmp_path: Path, cache: Server) -> None:
    """The worker's own process answers, and ends with 0."""
    need_driver("celery")
    with program("Celery", tmp_path, cache) as running:
        running.service.assert_soon(lambda: running.on_side("/readyz") == 200, "readiness")
        live = running.on_side("/healthz")
        code = running.stop()

    assert (live, code) == (200, 0), running.service.log


def test_grpc(tmp_path: Path, cache: Server) -> None:
    """A client that watches hears SERVING, then NOT_SERVING; the end is clean."""
    need_driver("grpc_health")
    import grpc
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    serving, not_serving = 1, 2
    with program("gRPC", tmp_path, cache) as running:
        with grpc.insecure_channel(f"{LOOPBACK}:{running.grpc}") as channel:
            grpc.channel_ready_future(channel).result(30)
            stub = health_pb2_grpc.HealthStub(channel)
            request = health_pb2.HealthCheckRequest(service="shop.Cart")
            heard: list[int] = []
            ready = threading.Event()

            def watch() -> None:
                for answer in stub.Watch(request, timeout=60):
                    heard.append(answer.status)
                    if answer.status == serving:
                        ready.set()

            watcher = threading.Thread(target=watch)
            watcher.start()
            assert ready.wait(30), running.service.log
            running.service.process.send_signal(signal.SIGTERM)
            watcher.join(30)
            during = stub.Check(request, timeout=10).status
        code = running.service.wait()

    assert heard[-2:] == [serving, not_serving]
    assert during == not_serving
    assert code == 0, running.service.log


def test_manifest_of_the_page(tmp_path: Path) -> None:
    """`holdfast check` finds nothing to say about it."""
    (manifest,) = SECTIONS["In the pod"].manifests
    done = subprocess.run(
        [str(_BIN / "holdfast"), "check", "-"], input=manifest, capture_output=True, text=True,
        cwd=tmp_path, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
