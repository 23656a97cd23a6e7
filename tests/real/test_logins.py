"""Logins by drivers, and waiting for migrations, on real servers."""

from collections.abc import Iterator
from contextlib import closing
from time import monotonic, sleep

import pytest
from tests.real.programs import need_driver
from tests.real.servers import mariadb, postgres
from tests.real.servers.server import SECRET, Server
from tests.wait.waiter import wait

from holdfast.dependencies import log_in
from holdfast.dependencies.logins import postgres as login
from holdfast.dependencies.target import parse_target
from holdfast.dependencies.verdict import Verdict

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """PostgreSQL, up."""
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="module")
def maria() -> Iterator[Server]:
    """MariaDB, up."""
    with mariadb.server() as server:
        yield server


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg", "pg8000"])
def test_every_driver_logs_in(
    database: Server, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever driver an image has: right, wrong, missing and migrations are told the same."""
    need_driver(driver)
    monkeypatch.setattr(login, "DRIVERS", (driver,))

    def outcome(url: str, migration: str = "") -> Verdict:
        under_way = log_in.log_in(parse_target(url, login=True), migration, monotonic(), 10.0)
        assert under_way is not None
        for _ in range(1000):
            under_way.advance(monotonic())
            if under_way.verdict is not None:
                return under_way.verdict
            sleep(0.01)
        raise AssertionError("no verdict")

    assert outcome(database.login).state == "up"
    assert outcome(database.wrong).state == "wrong-credentials"
    assert outcome(database.missing).state == "missing"
    assert outcome(database.login, "alembic=abc").state == "starting"
    assert outcome(database.login, "django=shop.0001").state == "starting"


def test_migrations(maria: Server) -> None:
    """A revision that has been made is waited for, one that has not is not there yet."""
    need_driver("pymysql")
    import pymysql

    host, port = parse_target(maria.url).hosts[0]
    account = {"user": "app", "password": SECRET, "database": "app", "autocommit": True}
    with closing(pymysql.connect(host=host, port=port, **account)) as connection:
        cursor = connection.cursor()
        before = wait(maria.login, "--until-migrated", "alembic=b2", "-t", "1s")
        cursor.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        cursor.execute("INSERT INTO alembic_version VALUES ('a1')")
        behind = wait(maria.login, "--until-migrated", "alembic=b2", "-t", "1s")
        cursor.execute("UPDATE alembic_version SET version_num='b2'")
        after = wait(maria.login, "--until-migrated", "alembic=b2", "-t", "10s")
        cursor.execute("CREATE TABLE django_migrations (app VARCHAR(9), name VARCHAR(9))")
        cursor.execute("INSERT INTO django_migrations VALUES ('shop', '0002_x')")
        django = wait(maria.login, "--until-migrated", "django=shop.0002_x", "-t", "10s")

    assert (before.code, behind.code, after.code, django.code) == (124, 124, 0, 0)
    assert "no migration of alembic has been made yet" in before.err
    assert "migrated to a1, not to b2" in behind.err
