"""The command exists, but it may not be executed.

What happens
------------
The kernel refuses to execute the file: it lacks the execute bit, is a directory, or lies on a
volume that is mounted noexec.

Why it hurts
------------
Nothing ever runs: every start fails at once.

How we know
-----------
The runtime says "permission denied" of the command itself, or a shell does and ends with 126.

What else it could be
---------------------
"Permission denied" for a file that the program opens later is A20. A missing file is B01. A user
that may not enter the directory of the program looks the same as a missing execute bit.

Fix
---
Set the execute bit in the image (`chmod +x`, `COPY --chmod`), or run it through its interpreter;
of a script in a ConfigMap, set `defaultMode`.

When the fix is wrong
---------------------
On a noexec mount no mode helps: move the program off that volume.

References
----------
docs/specs/causes.md 5.1, 8 (B02).
"""

import re

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.crash import log_claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import start_claim, who
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B02",
    title="its command is not executable",
    lookalikes=("A20", "B01", "B12"),
    signatures=(
        Signature(
            "permission denied",
            "shell",
            r"(?:^|[/\s])(?:ba|da|a|z|k)?sh: (?:line )?(?:\d+: )?(?:exec: )?[^\s:]+: "
            r"Permission denied\s*$|: line \d+: (?:exec: )?[^\s:]+: Permission denied\s*$"
            r"|\bexec: (?:line )?\d+: [^\s:]+: Permission denied",
        ),
        Signature("permission denied", "runc", r"^exec /\S+: permission denied\s*$"),
        Signature("permission denied", "tini", r"tini .*exec \S+ failed: Permission denied"),
        Signature("is a directory", "shell", r"sh: (?:line )?(?:\d+: )?/\S+: Is a directory\s*$"),
    ),
)

# opencontainers/runc (through os/exec), containers/crun.
_REFUSED = regex(
    r'exec: "(?P<runc>[^"]+)": (?:stat [^:]+: |is a directory: )?permission denied'
    r'|exec: "(?P<directory>[^"]+)": is a directory'
    r"|open executable: Permission denied"
    r"|exec(?:utable file)? `(?P<crun>[^`']+)[`'][^:]*: Permission denied",
    re.IGNORECASE,
)
_SHELL_CODE = 126


def judge(case: Case) -> Verdict | None:
    """A runtime or a shell that may not execute the command."""
    found = start_claim(CAUSE, case, _REFUSED)
    if found is not None:
        claim, match = found
        command = match["runc"] or match["directory"] or match["crun"] or ""
        named = f' "{command}"' if command else ""
        return claim.verdict(f"{who(case)} cannot start: command{named} is not executable")
    if _goes_on(case):
        return None
    by_log = log_claim(CAUSE, case)
    if by_log is None:
        return None
    if case.exit_code == _SHELL_CODE and case.life is not None:
        text = "126 is what a shell ends with when it may not execute a command"
        by_log.observed(text, Weight.MODERATE, case.life.origin)
    return by_log.verdict(f"{who(case)} cannot start: its command is not executable")


def _goes_on(case: Case) -> bool:
    """A shell that ends with another code met the refusal on its way, not at the end."""
    if case.exit_code in (None, _SHELL_CODE):
        return False
    return all(match.signature.runtime == "shell" for match in case.matches(CAUSE.id))
