"""PostgreSQL: asyncpg, psycopg or pg8000, whichever is installed.

asyncpg and pg8000 tell the SQLSTATE of a login that failed, psycopg only its words.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from holdfast.dependencies.target import Target

DRIVERS = ("asyncpg", "psycopg", "pg8000")
EXTRA = "postgres"
SQL = True

# PostgreSQL's own order: the login takes what the server offers.
_DEFAULT_SSLMODE = "prefer"


def log_in(driver: Any, target: Target, timeout: float) -> "_Blocking | _Asyncpg":
    """A session as the user of the URL, in its database."""
    if driver.__name__ == "asyncpg":
        return _Asyncpg(driver, target, timeout)
    hosts = [host for host, _ in target.hosts]
    ports = [port for _, port in target.hosts]
    if driver.__name__ == "pg8000":
        from pg8000 import dbapi  # type: ignore[import-not-found, import-untyped, unused-ignore]

        connection = dbapi.connect(
            target.user or None,
            host=hosts[0],
            port=ports[0],
            password=target.password or None,
            database=target.path or None,
            timeout=timeout,
        )
    else:
        connection = driver.connect(
            host=",".join(hosts),
            port=",".join(map(str, ports)),
            user=target.user or None,
            password=target.password or None,
            dbname=target.path or None,
            sslmode=target.options.get("sslmode", _DEFAULT_SSLMODE),
            connect_timeout=max(1, round(timeout)),
        )
    return _Blocking(connection)


class _Blocking:
    """A connection of the DB-API."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def query(self, statement: str) -> Iterable[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def close(self) -> None:
        self._connection.close()


class _Asyncpg:
    """A connection of asyncpg on a loop of its own: this runs on a thread without one."""

    def __init__(self, driver: Any, target: Target, timeout: float) -> None:
        self._runner = asyncio.Runner()
        try:
            self._connection = self._runner.run(_connect(driver, target, timeout))
        except BaseException:
            self._runner.close()
            raise

    def query(self, statement: str) -> Iterable[tuple[Any, ...]]:
        return [tuple(row) for row in self._runner.run(self._connection.fetch(statement))]

    def close(self) -> None:
        self._runner.run(self._connection.close())
        self._runner.close()


async def _connect(driver: Any, target: Target, timeout: float) -> Any:
    return await driver.connect(
        host=[host for host, _ in target.hosts],
        port=[port for _, port in target.hosts],
        user=target.user or None,
        password=target.password or None,
        database=target.path or None,
        ssl=target.options.get("sslmode", _DEFAULT_SSLMODE),
        timeout=timeout,
    )
