"""A change of the database schema at the start fails, or all replicas run it at once.

What happens
------------
The program migrates its schema before it serves. The migration fails, waits for a lock of another
replica, or stands half done, and the program ends.

Why it hurts
------------
Every replica tries it again at every restart, and a half done migration must be repaired by hand.

How we know
-----------
The last lines are those of a migration tool: Flyway, Liquibase, Alembic, Django, Rails,
golang-migrate, Prisma, EF. Lives are longer than those of other start errors.

What else it could be
---------------------
A database that does not answer is A05, one that does not exist A07. A rollout a short time before
(F01) is where the migration came from.

Fix
---
Run migrations in a Job of their own before the rollout, with a lock; clear the dirty mark after the
schema was checked.

When the fix is wrong
---------------------
Forcing the version without a look at the schema makes the next migration fail.

References
----------
docs/specs/causes.md 8 (A23) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

_HINT = Weight.MODERATE

CAUSE = Cause(
    id="A23",
    title="its database migration fails",
    lookalikes=("A05", "A07", "A22", "F01"),
    signatures=(
        Signature("dirty database version", "go"),
        Signature("flyway", "jvm", r"Flyway\w*Exception"),
        Signature(
            "liquibase",
            "jvm",
            r"(liquibase\.exception\.\w+|Liquibase.*(Could not acquire change log lock|failed))",
        ),
        Signature("could not acquire change log lock", "jvm"),
        Signature("waiting for changelog lock", "jvm", weight=Weight.MODERATE),
        Signature("validate failed", "jvm", r"validate failed: Migrations"),
        Signature("migration checksum mismatch", "jvm"),
        Signature("alembic.util.exc", "python"),
        Signature("can't locate revision identified by", "python"),
        Signature("multiple head revisions", "python"),
        Signature("django.db.migrations.exceptions", "python"),
        Signature("inconsistentmigrationhistory", "python"),
        Signature("pendingmigrationerror", "ruby"),
        Signature("standarderror: an error has occurred", "ruby"),
        Signature("concurrentmigrationerror", "ruby"),
        Signature("p3009", "node", r"\bP30(05|09|18)\b.*migrat|migrat.*\bP30(05|09|18)\b"),
        Signature("p3018", "node", r"\bP3018\b"),
        Signature(
            "migration",
            "any",
            r"\bmigrations?\b.{0,60}\b(fail(ed|ure)|error|could not|cannot be applied"
            r"|aborted)\b(?!=0)",
        ),
        Signature(
            "migrat",
            "any",
            r"\b(fail\w*|error|unable|could not|cannot)\b.{0,40}\b(run|runn\w*|apply\w*"
            r"|execut\w*|perform\w*|complete)? ?\b(db |database |schema )?migrat\w*",
        ),
        # nobody has run it: the tables that the program reads at its start are not there
        Signature(
            "does not exist", "postgres", r"\b(relation|table) \"[^\"]+\" does not exist", _HINT
        ),
        Signature("doesn't exist", "mysql", r"Table '[^']+' doesn't exist", _HINT),
        Signature("no such table", "sqlite", r"no such table: \w", _HINT),
        Signature("umzug", "node", r"umzug.*error"),
    ),
)

_NO_TABLE = r"(\b(?:relation|table)\b.*(?:does not|doesn't) exist|no such table)"
_NO_FAULT = r"(\b0 failed\b|\bno error|without error)"


def judge(case: Case) -> Verdict | None:
    """The words of a migration tool that gives up."""
    claim = self_end_claim(CAUSE, case)
    if claim is None or caught(case, CAUSE.id, _NO_FAULT):
        return None
    owner = case.context.template_owner(case.pod)
    if owner is not None and len(case.context.siblings(case.pod)) > 1:
        claim.suggested("several replicas run it at the same time", Weight.WEAK)
    if caught(case, CAUSE.id, _NO_TABLE):
        return claim.verdict(
            f"{subject(case)} ends because a table is missing that a migration should have made"
        )
    return claim.verdict(f"{subject(case)} ends because its database migration fails")
