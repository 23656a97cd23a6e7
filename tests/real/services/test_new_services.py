"""What `holdfast new` writes is built, tests itself, runs under its manifest and loses nothing."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.real.examples import gin
from tests.real.examples.load import Load
from tests.real.programs import need, need_driver
from tests.real.servers import redis
from tests.real.services.rehearsed import rehearsing, write_new
from tests.run.container import HOLDFAST

from holdfast.blueprints.answers import Framework

_LAG_SECONDS = 1.0
pytestmark = pytest.mark.real


@pytest.fixture
def directory() -> Iterator[Path]:
    """Not below /tmp, over which the pod of the Spring service mounts a volume."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="holdfast-new-") as made:
        yield Path(made)


def run(directory: Path, *command: str) -> None:
    """A command of the service's own tool chain."""
    environment = {**os.environ, **gin.BUILD, "GOFLAGS": "-mod=readonly -tags=nomsgpack -trimpath"}
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def built(framework: Framework, directory: Path) -> tuple[str, ...]:
    """Tested by its own tests, and built; the command that serves."""
    match framework:
        case Framework.GIN:
            gin.build(directory)  # skips where Go is too old
            go = need("go", "golang-go")
            run(directory, go, "vet", ".")
            run(directory, go, "test", ".")
            run(directory, go, "build", "-o", "api", ".")
            return ("./api",)
        case Framework.FASTAPI:
            for driver in ("fastapi", "uvicorn", "httpx2"):
                need_driver(driver)
            run(directory, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
            return (*HOLDFAST, "--", sys.executable, "-m", "service")
        case Framework.NODE:
            node = need("node", "nodejs")
            run(directory, node, "--test")
            return (node, "main.mjs")
        case Framework.SPRING:
            java = need("java", "default-jdk-headless")
            run(directory, need("mvn", "maven"), "-q", "-B", "-ntp", "package")
            return (java, "-jar", "target/service.jar")


@pytest.mark.parametrize("framework", list(Framework))
def test_service_serves_and_stops_without_a_loss(framework: Framework, directory: Path) -> None:
    """Ready under its own probes, and a deletion under load loses no request."""
    answers = write_new(directory, framework)
    command = built(framework, directory)
    # Tomcat closes kept connections without a word at SIGTERM, whatever the service does.
    keeps = framework is not Framework.SPRING

    with rehearsing(directory, answers.port, "--", *command) as rehearsal:
        rehearsal.until_ready("api")
        loads = [Load(answers.port, "/", clients=2, kept=kept) for kept in {keeps, False}]
        rehearsal.wait_for(lambda: all(load.answered > 20 for load in loads), "answers")
        for load in loads:
            load.forget(_LAG_SECONDS)
        code = rehearsal.delete()
        for load in loads:
            load.join()

    assert [load.failures for load in loads] == [[]] * len(loads)
    assert code == 0, rehearsal.report
    ended = 143 if framework is Framework.SPRING else 0
    assert f"ended with {ended}\n" in rehearsal.log
    assert "no trouble found" in rehearsal.report


def test_dependencies_are_waited_for(directory: Path) -> None:
    """The init container asks a real Redis, at the address in the Secret, before the start."""
    node = need("node", "nodejs")
    answers = write_new(directory, Framework.NODE, "redis")
    commands = directory / "commands.yaml"
    commands.write_text(f"api: [{node}, main.mjs]\n")
    with redis.server() as server:
        secret = directory / "secret"
        secret.mkdir()
        (secret / "redis-url").write_text(server.url)
        given = ("--commands", str(commands), "--secret", f"api={secret}")
        with rehearsing(directory, answers.port, *given) as rehearsal:
            rehearsal.until_ready("api")
            assert rehearsal.delete() == 0

    assert rehearsal.log.index("wait          ended with 0") < rehearsal.log.index("listening")
