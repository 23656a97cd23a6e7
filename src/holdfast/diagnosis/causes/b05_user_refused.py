"""The user that the container would run as is refused or does not exist.

What happens
------------
`runAsNonRoot` is set and the image runs as root, or names its user in letters so that nobody can
tell; or the user is not in the image's passwd file. The container is not created.

Why it hurts
------------
The container never runs, often right after a security policy was switched on.

How we know
-----------
CreateContainerConfigError says "will run as root" or "non-numeric user"; the runtime says that it
cannot find the user.

What else it could be
---------------------
A user that starts but may not read a file is A20.

Fix
---
Set `runAsUser` to a numeric user that the image supports, or build the image with a numeric USER.

When the fix is wrong
---------------------
An image that needs root (ports below 1024, files of root) starts with another user and then fails
with A19 or A20.

References
----------
docs/specs/causes.md 8 (B05), docs/specs/kubelet.md 3.9.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import start_claim, who
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B05",
    title="the user it would run as is refused",
    lookalikes=("A20", "B12"),
)

# kubernetes pkg/kubelet/kuberuntime/security_context.go verifyRunAsNonRoot; containerd pkg/oci.
_REFUSED = regex(
    r"(?P<root>image will run as root|breaks non-root policy|run as root \(pod)"
    r"|(?P<letters>image has non-numeric user(?: \((?P<user>[^)]*)\))?)"
    r"|(?P<absent>unable to find (?:user|group) (?P<who>[^\s:]+)|no matching entries in passwd file"
    r"|no users found)",
    re.IGNORECASE,
)


def judge(case: Case) -> Verdict | None:
    """A container that is not created because of its user."""
    found = start_claim(CAUSE, case, _REFUSED)
    if found is None:
        return None
    claim, match = found
    if match["absent"]:
        user = f" {match['who']}" if match["who"] else ""
        why = f"user{user} does not exist in its image"
    elif match["letters"]:
        user = f" {match['user']}" if match["user"] else ""
        why = f"runAsNonRoot is set and the image's user{user} is a name, not a number"
    else:
        why = "runAsNonRoot is set and it would run as root"
        own = case.spec.security_context if case.spec else None
        if own is not None and own.run_as_user == 0:
            why += " (runAsUser is 0)"
    return claim.verdict(f"{who(case)} cannot start: {why}")
