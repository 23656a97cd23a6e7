"""Starts examples/fastapi-service under its supervisor."""

import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.examples.example import Example
from tests.real.examples.service import Service, started
from tests.real.programs import need_driver
from tests.real.servers.server import Server
from tests.run.container import HOLDFAST

SOURCES = Path(__file__).parents[3] / "examples" / "fastapi-service"
_ORDERS = [sys.executable, "-m", "orders"]


def example(database: Server, cache: Server, directory: Path) -> Example:
    """The example with these servers; logs go to the directory."""
    for driver in ("asyncpg", "fastapi", "redis", "uvicorn"):
        need_driver(driver)
    dependencies = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCES),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": database.login,
        "REDIS_URL": cache.login,
        # The server of the tests has five connections.
        "DATABASE_POOL": "2",
        "REFRESH_SECONDS": "1",
    }

    def start(
        wrapper: tuple[str, ...] = (), *, drain: float = 1, faults: str = "", **environment: str
    ) -> AbstractContextManager[Service]:
        told = {
            "HOLDFAST_DRAIN_SECONDS": str(drain),
            "FAULTS": faults,
            "HEALTH_ADDRESS": f"{LOOPBACK}:{free_port()}",
            **dependencies,
            **environment,
        }
        return started([*HOLDFAST, "--", *_ORDERS], directory, wrapper, **told)

    return Example(
        sources=SOURCES,
        start=start,
        migrate=lambda: subprocess.call([*_ORDERS, "migrate"], env=dependencies),
        detail=lambda service: service.get("/health"),
        malformed=422,
        failing=503,
        crash=3,
        panic=1,
        killed=137,
        last_words="KeyError: 'lost'",
        child_killed="child ended: -9",
    )
