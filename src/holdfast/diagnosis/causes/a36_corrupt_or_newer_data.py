"""The data on the volume are damaged, or were written by another version.

What happens
------------
A database refuses its data directory: another major version wrote it, or a file in it is damaged.
It ends for the safety of the data.

Why it hurts
------------
Restarts do not help, and the wrong repair loses data.

How we know
-----------
The last lines say incompatible with server version, corrupt, checksum mismatch, invalid checkpoint,
or name the version that wrote the data.

What else it could be
---------------------
A lock is A22, permissions are A20, a full volume A21. Errors of the disk itself (E14) damage data
as well: look at the node's kernel log.

Fix
---
Other version: go back to the old image, then upgrade by the documented way. Damage: copy the volume
first, then restore from a backup.

When the fix is wrong
---------------------
Tools that reset a log or skip checks (pg_resetwal) make the server start and leave the data
inconsistent.

References
----------
docs/specs/causes.md 8 (A36) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

_DAMAGED = r"\b(corrupt\w*|damaged)\b"

CAUSE = Cause(
    id="A36",
    title="its data are damaged or of another version",
    lookalikes=("A22", "A20", "A21", "E14"),
    signatures=(
        Signature("incompatible with server", "postgres"),
        Signature("database system identifier differs", "postgres"),
        Signature("could not locate a valid checkpoint record", "postgres"),
        Signature("invalid checkpoint record", "postgres"),
        Signature(
            "invalid magic number",
            "any",
            r"(panic|fatal|error|wal|log file)\b.*invalid magic number",
        ),
        Signature("data directory was initialized by", "postgres"),
        Signature("in 18+, these docker images are configured", "postgres"),
        Signature("bad file format", "redis", r"Bad file format reading the append only file"),
        Signature("can't handle rdb format version", "redis"),
        Signature("wrong signature trying to load db", "redis"),
        Signature("wrong featurecompatibilityversion", "mongo"),
        Signature(
            "featurecompatibilityversion",
            "mongo",
            r"(invalid|wrong|incompatible|unsupported).*featureCompatibilityVersion"
            r"|featureCompatibilityVersion.*(invalid|UPGRADE PROBLEM)",
        ),
        Signature("upgrade problem", "mongo", r"UPGRADE PROBLEM"),
        Signature(
            "wiredtiger",
            "mongo",
            r"WiredTiger.*(WT_ERROR|WT_PANIC|unsupported|checksum|non-specific)",
        ),
        Signature("unsupported wiredtiger file version", "mongo"),
        Signature("cannot upgrade from", "mysql"),
        Signature("cannot boot server version", "mysql"),
        Signature("invalid mysql server upgrade", "mysql"),
        Signature("invalid mysql server downgrade", "mysql"),
        Signature("redo log format", "mysql", r"(unsupported|older|newer) redo log format"),
        Signature("database page corruption", "mysql"),
        Signature("upgrade after a crash is not supported", "mysql"),
        Signature("cannot upgrade a node from version", "elastic"),
        Signature("cannot be read by this version", "any"),
        Signature("indexformattoo", "lucene", r"IndexFormatToo(Old|New)Exception"),
        Signature("corruptindexexception", "lucene"),
        Signature("translogcorruptedexception", "elastic"),
        Signature(
            "corrupt",
            "any",
            rf"\b(panic|fatal|error|fail\w*|cannot|unable|exception)\b.{{0,120}}{_DAMAGED}",
        ),
        Signature(
            "corrupted",
            "any",
            rf"\b(wal|segment|manifest|database|index|block|snapshot|log file)\b.{{0,40}}(is"
            rf"|are|was) {_DAMAGED}",
        ),
        Signature("crc mismatch", "etcd", r"crc mismatch"),
        Signature(
            "checksum mismatch",
            "any",
            r"^(?!.*migration).*\b(block|wal|page|segment|sst|file|record)\b.*checksum mismatch",
        ),
        Signature("malformed", "sqlite", r"database disk image is malformed"),
        Signature("file is not a database", "sqlite"),
        Signature("inconsistentclusteridexception", "kafka"),
        Signature(
            "version ",
            "any",
            r"(schema|data) version \S+ is (newer|too new|not supported|unsupported)",
        ),
        Signature("unknown block version", "prometheus", weight=Weight.MODERATE),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a database that refuses its data."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    version = caught(
        case,
        CAUSE.id,
        r"(incompatible|version|upgrade|downgrade|format|initialized by|IndexFormatToo)",
    )
    damaged = caught(case, CAUSE.id, rf"({_DAMAGED}|checksum|crc|malformed|checkpoint|magic)")
    what = "were written by another version" if version and not damaged else "are damaged"
    return claim.verdict(f"{subject(case)} ends because its data {what}")
