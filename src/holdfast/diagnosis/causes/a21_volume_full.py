"""A volume that the program writes to has no space left.

What happens
------------
A write fails with ENOSPC, because the volume, its inodes or /dev/shm are used up. Databases and
queues stop for the safety of their data.

Why it hurts
------------
A restart does not help: the space is still used, and recovery at the start needs some more of it.

How we know
-----------
The last lines say no space left on device, disk full or quota exceeded, often with the path.

What else it could be
---------------------
A node that is short of disk evicts the pod (E02, E03). Free space with the same error means that
inodes are used up. /dev/shm has 64 MiB unless an emptyDir of medium Memory is mounted.

Fix
---
Expand the claim, and shorten the retention. For /dev/shm mount an emptyDir with medium Memory and a
sizeLimit.

When the fix is wrong
---------------------
Deleting files by hand below a database can destroy it: write-ahead logs are not old logs.

References
----------
docs/specs/causes.md 8 (A21) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A21",
    title="a volume is full",
    lookalikes=("E02", "E03", "A15", "A20"),
    signatures=(
        Signature("no space left on device", "any", r"^(?!.*inotify).*no space left on device"),
        Signature("enospc", "node", r"\bENOSPC\b(?!.*(file watchers|inotify))"),
        Signature("errno 28", "python"),
        Signature("disk quota exceeded", "any"),
        Signature("edquot", "node"),
        Signature(
            "disk full",
            "any",
            r"\b(error|fatal|panic|sqlite|fail\w*)\b.*\bdisk (is )?full",
        ),
        Signature("errcode: 28", "mysql"),
        Signature("database or disk is full", "sqlite"),
        Signature("not enough space on the disk", "dotnet"),
        Signature("insufficient disk space", "any"),
        Signature("could not resize shared memory segment", "postgres"),
        Signature("misconf", "redis", r"MISCONF Redis is configured to save RDB snapshots"),
        Signature("flood stage disk watermark", "elastic", weight=Weight.MODERATE),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a write that found no space."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    path = caught(case, CAUSE.id, r"((?:/[\w.@-]+)+)")
    if path:
        claim.with_parameter("path", path)
    mount = _mount_of(case, path)
    where = f" (volume {mount})" if mount else ""
    claim.would_decide("how full it is: kubectl exec into it, df -h and df -i")
    return claim.verdict(f"{subject(case)} finds no space left at {path or 'a volume'}{where}")


def _mount_of(case: Case, path: str) -> str:
    mounts = (case.spec.volume_mounts or ()) if case.spec else ()
    below = [m for m in mounts if path.startswith(m.mount_path.rstrip("/") + "/")]
    return max(below, key=lambda m: len(m.mount_path)).name if below else ""
