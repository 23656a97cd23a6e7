"""Whether a database is migrated as far as this version of the code needs.

Source: Alembic documentation, "Tutorial" (table alembic_version, one row for each head) and
"Working with Branches"; Django documentation, "Migrations", and `migrate --check`, which asks its
own MigrationExecutor for a plan.

Rules: behind is `starting`: a Job migrates meanwhile. Ahead is up: in a rollout old replicas meet a
database that the new version has migrated, and must go on serving.
"""

from collections.abc import Iterable
from typing import Any

from holdfast.dependencies.check import Check
from holdfast.dependencies.clients import sqlalchemy
from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.judge_error import judge_error
from holdfast.dependencies.migrations import judge_missing_table
from holdfast.dependencies.verdict import STARTING, UP, Verdict
from holdfast.dependencies.words import readable

_KIND = "datastore"
_TABLE = "alembic_version"


def alembic_head(
    engine: Any, scripts: Any, *, timeout: float = 2.0, name: str = "migrations"
) -> Check:
    """The heads of an Alembic ScriptDirectory, in the database of a SQLAlchemy engine.

    The scripts are read here, once. Raises TargetError where there are none.
    """
    known = {script.revision for script in scripts.walk_revisions()}
    heads = frozenset(scripts.get_heads())
    if not heads:
        raise TargetError(
            f"check {name!r}",
            "no revision in the directory of scripts",
            "give the directory that alembic.ini names as script_location",
        )

    def judge(rows: Iterable[tuple[Any, ...]]) -> Verdict:
        return _judge_revisions({str(row[0]) for row in rows}, heads, known)

    statement = f"SELECT version_num FROM {_TABLE}"  # noqa: S608 - a constant
    if sqlalchemy.is_blocking(engine):

        def blocking() -> Verdict:
            try:
                return sqlalchemy.full(engine) or judge(sqlalchemy.rows(engine, statement))
            except Exception as error:  # noqa: BLE001 - whatever a driver raises is an answer
                return judge_missing_table(error, "alembic")

        return Check(name, _KIND, timeout, ask_blocking=blocking)

    async def asking() -> Verdict:
        try:
            return sqlalchemy.full(engine) or judge(await sqlalchemy.rows_async(engine, statement))
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is an answer
            return judge_missing_table(error, "alembic")

    return Check(name, _KIND, timeout, ask=asking)


def django_head(using: str = "default", *, timeout: float = 5.0, name: str = "migrations") -> Check:
    """Every migration of the installed applications, in this database of Django's settings.

    Each run reads all migrations anew and opens a connection, which it closes: ask it with
    probe="startup", which ends with the first success. Raises TargetError for an unknown database.
    """
    from django.db import connections

    if using not in connections:
        raise TargetError(
            f"check {name!r}",
            f"database {using!r}; expected one of {', '.join(connections)}",
            "name an entry of DATABASES",
        )
    return Check(name, _KIND, timeout, ask_blocking=lambda: _ask_django(connections[using]))


def _judge_revisions(current: set[str], heads: frozenset[str], known: set[str]) -> Verdict:
    words = readable(", ".join(sorted(current)) or "nothing")
    if heads <= current:
        return Verdict(UP, f"migrated to {words}")
    if current - known:
        return Verdict(UP, f"migrated to {words}, which this version does not know: ahead of it")
    return Verdict(STARTING, f"migrated to {words}, not to {readable(', '.join(sorted(heads)))}")


def _ask_django(connection: Any) -> Verdict:
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception as error:  # noqa: BLE001 - whatever a driver raises is an answer
        return judge_error(error)
    finally:
        # Connections belong to a thread, and this thread ends with its question.
        connection.close()
    if not plan:
        return Verdict(UP, "every migration has been made")
    first = plan[0][0]
    words = readable(f"{first.app_label}.{first.name}")
    return Verdict(STARTING, f"{len(plan)} migrations are missing, first {words}")
