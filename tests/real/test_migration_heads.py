"""Whether a database is as far as the code: Alembic on SQLite and PostgreSQL, Django on SQLite."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.real.programs import need_driver
from tests.real.servers import postgres
from tests.real.servers.server import SECRET, Server

from holdfast.dependencies import checks
from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.verdict import Verdict

pytestmark = pytest.mark.real

_REVISION = 'revision = "{0}"\ndown_revision = {1!r}\nbranch_labels = depends_on = None\n'


def scripts(directory: Path, *revisions: str) -> Any:
    """An Alembic directory with these revisions, one after the other."""
    need_driver("alembic")
    from alembic.script import ScriptDirectory

    versions = directory / "versions"
    versions.mkdir(parents=True)
    before = None
    for revision in revisions:
        (versions / f"{revision}.py").write_text(_REVISION.format(revision, before))
        before = revision
    return ScriptDirectory(str(directory))


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """PostgreSQL, up."""
    with postgres.server() as server:
        yield server


def engine_of(name: str, directory: Path, database: Server) -> Any:
    """An engine of SQLAlchemy."""
    need_driver("sqlalchemy")
    from sqlalchemy import create_engine

    if name == "SQLite":
        return create_engine(f"sqlite:///{directory}/shop.db")
    return create_engine(database.login.replace("postgres://", "postgresql+psycopg://"))


@pytest.mark.parametrize("name", ["SQLite", "PostgreSQL"])
def test_alembic(name: str, tmp_path: Path, database: Server) -> None:
    """Nothing yet, behind, at the head, and ahead of an old replica, which serves on."""
    from alembic.runtime.migration import MigrationContext

    made = scripts(tmp_path / "new", "aaa1", "bbb2")
    old = scripts(tmp_path / "old", "aaa1")
    engine = engine_of(name, tmp_path, database)
    check = checks.alembic_head(engine, made)
    verdicts = [check.ask_blocking()]
    for revision in ("aaa1", "bbb2"):
        with engine.begin() as connection:
            MigrationContext.configure(connection).stamp(made, revision)
        verdicts.append(check.ask_blocking())
    verdicts.append(checks.alembic_head(engine, old).ask_blocking())
    engine.dispose()

    assert check.blocking
    assert verdicts == [
        Verdict("starting", "no migration of alembic has been made yet"),
        Verdict("starting", "migrated to aaa1, not to bbb2"),
        Verdict("up", "migrated to bbb2"),
        Verdict("up", "migrated to bbb2, which this version does not know: ahead of it"),
    ]


def test_alembic_on_an_asynchronous_engine(tmp_path: Path, database: Server) -> None:
    """The same in a coroutine; a database that is gone is told as that."""
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.ext.asyncio import create_async_engine

    made = scripts(tmp_path, "ccc3")

    def stamp(connection: Any) -> None:
        MigrationContext.configure(connection).stamp(made, "ccc3")

    async def body() -> list[Verdict]:
        url = database.login.replace("postgres://", "postgresql+asyncpg://")
        engine = create_async_engine(url)
        check = checks.alembic_head(engine, made)
        assert not check.blocking
        gone = create_async_engine("postgresql+asyncpg://app:x@127.0.0.1:1/app")
        async with engine.begin() as connection:
            await connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
        found = [await check.ask(), await checks.alembic_head(gone, made).ask()]
        async with engine.begin() as connection:
            await connection.run_sync(stamp)
        found.append(await check.ask())
        await engine.dispose()
        return found

    behind, gone, head = asyncio.run(body())

    assert behind.state == "starting"
    assert (gone.state, SECRET in gone.detail) == ("refused", False)
    assert head == Verdict("up", "migrated to ccc3")


def test_directory_without_revisions_stops_the_start(tmp_path: Path) -> None:
    """A wrong path would be at its head for ever."""
    with pytest.raises(TargetError, match="no revision in the directory"):
        checks.alembic_head(object(), scripts(tmp_path))


def test_django(tmp_path: Path) -> None:
    """What `migrate --check` would say, with what is missing and how much of it."""
    need_driver("django")
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "shop.db")}
        },
    )
    django.setup()
    check = checks.django_head()
    nothing = check.ask_blocking()
    call_command("migrate", "auth", "0003", verbosity=0)
    behind = check.ask_blocking()
    call_command("migrate", verbosity=0)
    head = check.ask_blocking()
    MigrationRecorder(connection).record_applied("auth", "9999_of_a_newer_version")
    ahead = check.ask_blocking()
    connection.close()

    assert check.blocking
    assert [nothing.state, behind.state] == ["starting", "starting"]
    assert nothing.detail.endswith("are missing, first contenttypes.0001_initial")
    assert behind.detail.endswith("are missing, first contenttypes.0002_remove_content_type_name")
    assert head == ahead == Verdict("up", "every migration has been made")
    with pytest.raises(TargetError, match="expected one of default"):
        checks.django_head("replica")
