"""A file or directory that the program needs is read-only or belongs to another user.

What happens
------------
The program wants to write, and the kernel refuses: the owner of the volume is another user, or the
root file system is read-only. It ends.

Why it hurts
------------
It appears with a new security context, a new volume, or another storage class, although the program
is the same.

How we know
-----------
The last lines name a path with permission denied (EACCES) or read-only file system (EROFS).

What else it could be
---------------------
Permission denied on a port is A19, by the runtime at the start B02. A disk that became read-only by
a fault is E14: the node says so. SELinux refuses without regard to owners, on nodes that enforce it
only.

Fix
---
Set fsGroup or give the volume to the user in an init container; mount an emptyDir at every path
that is written under readOnlyRootFilesystem.

When the fix is wrong
---------------------
fsGroup has no effect on hostPath and on most shared file systems: there the owner must be changed
on the server.

References
----------
docs/specs/causes.md 8 (A20) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

_PATH = r"(/[\w.@/-]*[\w@-])"

CAUSE = Cause(
    id="A20",
    title="it may not write or read a file that it needs",
    lookalikes=("A19", "B02", "B05", "E14", "A29"),
    signatures=(
        Signature(
            "permission denied",
            "any",
            r"^(?!.*\b(bind|listen|publickey|make_sock)\b).*/\S+.*permission denied",
        ),
        Signature("permission denied", "any", r"permission denied.*['\"` ]/\w"),
        Signature("permissionerror", "python"),
        Signature("eacces", "node", r"\bEACCES: permission denied, \w+ '"),
        Signature("accessdeniedexception", "jvm", r"AccessDeniedException: /"),
        Signature("unauthorizedaccessexception", "dotnet", r"Access to the path '.*' is denied"),
        Signature(
            "operation not permitted",
            "any",
            r"\b(chown|chmod|chgrp|mkdir|mount|mv|cp|rm|EPERM)\b.*operation not permitted",
        ),
        Signature("read-only file system", "any"),
        Signature("eacces", "npm", r"npm (ERR!|error) code EACCES"),
        Signature("erofs", "node", r"\bEROFS\b"),
        Signature("readonlyfilesystemexception", "jvm"),
        Signature("can't open the rdb file", "redis"),
        Signature("can't open the append-only file", "redis"),
        Signature(
            "data directory",
            "postgres",
            r"data directory .* has (wrong ownership|invalid permissions)",
        ),
        Signature("could not change permissions of directory", "postgres"),
        Signature("is not writable", "any", r"/\S+.*\bis not writable"),
        Signature("attempt to write a readonly database", "sqlite"),
    ),
)
# Exit code of a shell whose command exists and may not be executed (POSIX sh, 2.8.2).
_NOT_EXECUTABLE = 126


def judge(case: Case) -> Verdict | None:
    """A path that the kernel refused."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    read_only = caught(case, CAUSE.id, r"(read-only file system|EROFS|ReadOnlyFileSystem)")
    path = caught(
        case,
        CAUSE.id,
        rf"\b(?:open|mkdir|unlink|rename|stat|create|access|touch|chown|remove|scandir)\w*"
        rf" '?{_PATH}",
        rf"['\"`]{_PATH}['\"`:]",
        rf"{_PATH}",
    )
    if path:
        claim.with_parameter("path", path)
    _weigh_context(claim, case, bool(read_only))
    what = path or "a file it needs"
    if read_only:
        return claim.verdict(f"{subject(case)} cannot write {what}: the file system is read-only")
    return claim.verdict(f"{subject(case)} is denied access to {what}")


def _weigh_context(claim: Claim, case: Case, read_only: bool) -> None:
    if case.exit_code == _NOT_EXECUTABLE and case.life is not None:
        text = "126 is what a shell ends with when it may not execute the command itself (B02)"
        claim.against(text, Weight.STRONG, case.life.origin)
    own = case.spec.security_context if case.spec else None
    whole = case.pod.spec.security_context
    origin = case.spec_origin("securityContext")
    if read_only and own is not None and own.read_only_root_filesystem:
        claim.observed("readOnlyRootFilesystem is set", Weight.MODERATE, origin)
    user = own.run_as_user if own and own.run_as_user is not None else None
    if user is None and whole is not None:
        user = whole.run_as_user
    no_group = whole is None or whole.fs_group is None
    if not read_only and user and no_group and case.spec and case.spec.volume_mounts:
        text = f"it runs as user {user} and the pod sets no fsGroup"
        claim.observed(text, Weight.WEAK, origin)
