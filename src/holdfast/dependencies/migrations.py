"""Whether a database has been migrated as far as wanted.

Source: Alembic documentation, "Tutorial" (table alembic_version, column version_num, one row for
each head); Django documentation, "Migrations" (table django_migrations, columns app and name). The
wanted migration is compared here: nothing of it becomes SQL.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from holdfast.dependencies.judge_error import judge_error
from holdfast.dependencies.verdict import FAILING, STARTING, UP, Verdict
from holdfast.dependencies.words import readable

if TYPE_CHECKING:
    from holdfast.dependencies.log_in import Session

_ALEMBIC = "SELECT version_num FROM alembic_version"
_DJANGO = "SELECT app, name FROM django_migrations"
# undefined_table of PostgreSQL, ER_NO_SUCH_TABLE of MySQL; SQLite has words only.
_NO_TABLE = ("42P01", "1146")
_NO_TABLE_WORDS = "no such table"


def judge_migration(session: "Session", wanted: str) -> Verdict:
    """`wanted` is alembic=REVISION or django=APP.NAME; not there yet is `starting`."""
    tool, _, name = wanted.partition("=")
    try:
        rows = list(session.query(_ALEMBIC if tool == "alembic" else _DJANGO))
    except Exception as error:  # noqa: BLE001 - whatever a driver raises is an answer
        return judge_missing_table(error, tool)
    if name in _names(rows):
        return Verdict(UP, f"migrated to {readable(name)}")
    if tool == "alembic":
        now = ", ".join(sorted(_names(rows))) or "nothing"
        return Verdict(STARTING, f"migrated to {readable(now)}, not to {readable(name)}")
    return Verdict(STARTING, f"{len(rows)} migrations made, {readable(name)} is not among them")


def judge_missing_table(error: Exception, tool: str) -> Verdict:
    """A driver's error, where a table that is not there says that nothing is migrated yet."""
    verdict = judge_error(error)
    missing = any(code in verdict.detail for code in _NO_TABLE) or _NO_TABLE_WORDS in str(error)
    if verdict.state == FAILING and missing:
        return Verdict(STARTING, f"no migration of {tool} has been made yet")
    return verdict


def _names(rows: Iterable[tuple[object, ...]]) -> set[str]:
    return {".".join(map(str, row)) for row in rows}
