"""A lock or pid file is left over, or two pods use the same data.

What happens
------------
The data directory is locked: by an earlier life that could not tidy up, or by another pod that runs
at the same time. The program refuses to touch it and ends.

Why it hurts
------------
The lock protects the data. Whoever removes it while the other process lives destroys them.

How we know
-----------
The last lines speak of a lock that is held, of a pid file that exists, or of another instance.

What else it could be
---------------------
A volume that cannot be attached keeps the pod from starting (B07). Damaged data are A36. A taken
port is A18.

Fix
---
For one writer use strategy Recreate or a StatefulSet. Remove the lock file only when no other
process has the volume mounted.

When the fix is wrong
---------------------
If the lock comes back after every rollout, the overlap of old and new pod is the cause, not the
file.

References
----------
docs/specs/causes.md 8 (A22) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A22",
    title="its data are locked by another process, or by a lock left over",
    lookalikes=("B07", "A36", "A18", "A23"),
    signatures=(
        Signature("postmaster.pid", "postgres", r"lock file .*postmaster\.pid.* already exists"),
        Signature(
            "resource temporarily unavailable",
            "any",
            r"\b(LOCK|lock)\b.*resource temporarily unavailable",
        ),
        Signature("lock held", "any", r"(fail\w*|error|cannot|unable).*lock held"),
        Signature("unable to lock", "any", r"Unable to lock \S*(ibdata|data|/)"),
        Signature("failed to obtain node lock", "elastic"),
        Signature("failed to obtain", "lucene", r"failed to obtain .*\block\b"),
        Signature("lockobtainfailedexception", "jvm"),
        Signature(
            "is already locked",
            "any",
            r"\b(database|data ?dir\w*|directory|repository|storage|file)\b.*is already locked",
        ),
        Signature("database is locked", "sqlite"),
        Signature(
            "already running",
            "any",
            r"(pid ?file|\bpid\b|instance|server|process|another|master).{0,60}already running"
            r"(?! on port)",
        ),
        Signature(
            "pid file",
            "any",
            r"\b(stale |old |existing )?pid ?file\b.{0,40}\b(exists|found|overwrit\w*)",
        ),
        Signature("pidfile", "any", r"\bpidfile\b.{0,60}\b(already exists|exists)"),
        Signature(
            "server.pid", "ruby", r"A server is already running.*server\.pid|server\.pid.*already"
        ),
        Signature("a server is already running", "ruby"),
        Signature("mongod.lock", "mongo", r"mongod\.lock.*(another|lock|unavailable)"),
        Signature("another mongod instance", "any", r"another mongod instance is already running"),
        Signature("dbpathinuse", "mongo"),
        Signature(
            "lock db directory", "prometheus", r"lock DB directory: (?!.*(denied|read-only))"
        ),
        Signature("failed to acquire lock on file .lock", "kafka"),
        Signature(
            "failed to acquire",
            "any",
            r"failed to acquire (the )?(file|directory|data|exclusive|index) ?\w* ?lock",
        ),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a lock that is held."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    path = caught(case, CAUSE.id, r"((?:/[\w.@-]+)+)", r"\b([\w.-]+\.(?:pid|lock))\b")
    if path:
        claim.with_parameter("path", path)
    owner = case.context.template_owner(case.pod)
    if owner is not None and owner.kind == "Deployment" and _claims(case):
        claim.observed(
            "a Deployment mounts the claim, so the old and the new pod can run at once", Weight.WEAK
        )
    return claim.verdict(
        f"{subject(case)} ends because {path or 'its data directory'} is locked already"
    )


def _claims(case: Case) -> bool:
    return any(v.persistent_volume_claim for v in case.pod.spec.volumes or ())
