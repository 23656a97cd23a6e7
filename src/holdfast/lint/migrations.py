"""Commands that change the schema of a database, and whether they lock out each other.

Sources: the tools' own documentation. Flyway, Liquibase, Rails, Prisma, Knex and golang-migrate
take a lock in the database before they change it; the tools named here take none by default.
"""

import re

from holdfast.lint.pods import ContainerSubject
from holdfast.model.regex import regex

_UNLOCKED = regex(
    r"\b(?P<tool>alembic\s+upgrade|flask\s+db\s+upgrade|aerich\s+upgrade|"
    r"manage\.py\s+migrate|sequelize(?:-cli)?\s+db:migrate|typeorm\s+migration:run|"
    r"artisan\s+migrate|doctrine:migrations:migrate|goose\s+(?:\S+\s+)*up)\b"
)
_LOCKED = regex(
    r"\b(?P<tool>flyway\s+(?:\S+\s+)*migrate|liquibase\s+(?:\S+\s+)*update|prisma\s+migrate|"
    r"knex\s+migrate:latest|rake\s+db:migrate|rails\s+db:migrate|migrate\s+(?:\S+\s+)*up)\b"
)
_OWN_LOCK = regex(r"advisory|flock|--isolated|pg_try|leader", re.IGNORECASE)


def migration_of(text: str) -> str:
    """The command of a migration in a command line, such as "alembic upgrade"; else ""."""
    match = _search(_UNLOCKED, text) or _search(_LOCKED, text)
    return _named(match["tool"]) if match is not None else ""


def unlocked_migration(container: ContainerSubject) -> str:
    """The command of a migration that several replicas could run at once; else ""."""
    text = " ".join(container.words)
    match = _search(_UNLOCKED, text)
    return _named(match["tool"]) if match is not None and not _OWN_LOCK.search(text) else ""


def _search(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Each of these commands holds one of two words, and most texts hold none of them."""
    return pattern.search(text) if "migrat" in text or "up" in text else None


def _named(tool: str) -> str:
    """The tool and what it is told to do, without what stands between: a password may."""
    first, *rest = tool.split()
    if first == "flask":
        return " ".join((first, *rest))
    return f"{first} {rest[-1]}" if rest else first
