"""MySQL and MariaDB: PyMySQL."""

from collections.abc import Iterable
from typing import Any

from holdfast.dependencies.target import Target

DRIVERS = ("pymysql",)
EXTRA = "mysql"
SQL = True


def log_in(driver: Any, target: Target, timeout: float) -> "_Session":
    """A session as the user of the URL, in its database; the first host counts."""
    host, port = target.hosts[0]
    return _Session(
        driver.connect(
            host=host,
            port=port,
            user=target.user or None,
            password=target.password,
            database=target.path or None,
            connect_timeout=max(1, round(timeout)),
            read_timeout=max(1, round(timeout)),
        )
    )


class _Session:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def query(self, statement: str) -> Iterable[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            rows: list[tuple[Any, ...]] = list(cursor.fetchall())
        return rows

    def close(self) -> None:
        self._connection.close()
