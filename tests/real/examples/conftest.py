"""The examples and the servers that they need."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.real.examples import fastapi, gin
from tests.real.examples.example import Example
from tests.real.servers import postgres, redis
from tests.real.servers.server import Server


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """A real PostgreSQL, of five connections."""
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="module")
def cache() -> Iterator[Server]:
    """A real Redis."""
    with redis.server() as server:
        yield server


@pytest.fixture(scope="session")
def gin_program(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Go service, built."""
    return gin.build(tmp_path_factory.getbasetemp().parent)


@pytest.fixture
def gin_service(gin_program: str, database: Server, cache: Server, tmp_path: Path) -> Example:
    """The Go service, its tables created."""
    return _migrated(gin.example(gin_program, database, cache, tmp_path))


@pytest.fixture
def fastapi_service(database: Server, cache: Server, tmp_path: Path) -> Example:
    """The Python service, its tables created."""
    return _migrated(fastapi.example(database, cache, tmp_path))


@pytest.fixture(params=["gin_service", "fastapi_service"])
def example(request: pytest.FixtureRequest) -> Example:
    """Each of them."""
    found: Example = request.getfixturevalue(request.param)
    return found


def _migrated(example: Example) -> Example:
    assert example.migrate() == 0
    return example
