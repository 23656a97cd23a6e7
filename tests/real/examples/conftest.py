"""The servers that both examples need."""

from collections.abc import Iterator

import pytest
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
