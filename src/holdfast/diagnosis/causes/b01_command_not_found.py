"""The command of the container does not exist in its image.

What happens
------------
The runtime, or a shell or init inside the container, looks for the program and finds no such file.

Why it hurts
------------
Nothing ever runs: every start fails at once, and the back-off grows to five minutes.

How we know
-----------
The runtime names the missing file (StartError 128 with containerd, ContainerCannotRun 127 with
docker), or a shell says "not found" and the life ends with 127.

What else it could be
---------------------
The file exists, but its loader or a library is missing (A34) or its interpreter is (A35); then the
log says "exec ...: no such file or directory" after a start. A missing working directory is B18.

Fix
---
Correct `command` or `args`, or build the program into the image.

When the fix is wrong
---------------------
If the command worked with the previous image, roll the image back instead of editing the command.

References
----------
docs/specs/causes.md 5.1, 8 (B01); docs/specs/kubelet.md 3.9 and Q39.
"""

import re

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import log_claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import start_claim, who
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B01",
    title="its command is not in the image",
    lookalikes=("A34", "A35", "B02", "B18"),
    signatures=(
        Signature(
            "not found",
            "shell",
            r"(?:^|[/\s])(?:ba|da|a|z|k)?sh: (?:line )?(?:\d+: )?(?:exec: )?[^\s:]+: "
            r"(?:command )?not found\s*$"
            r"|: line \d+: (?:exec: )?[^\s:]+: (?:command )?not found\s*$"
            r"|\bexec: (?:(?:line )?\d+: )?[^\s:]+: not found\s*$"
            r"|\.sh: \d+: (?:exec: )?[^\s:]+: not found\s*$"
            r"|^zsh:\d+: command not found: \S+",
        ),
        Signature("no such file or directory", "env", r"^(?:/usr/bin/)?env: .[^\r\\?]+.: No such"),
        Signature("no such file or directory", "tini", r"tini .*exec \S+ failed: No such file"),
        Signature("no such file or directory", "dumb-init", r"^\[dumb-init\] \S+: No such file"),
        Signature(
            "executable file not found in", "go", r'exec: "[^"]+": executable file not found'
        ),
    ),
)

# opencontainers/runc libcontainer (through os/exec), containers/crun.
_MISSING = regex(
    r'exec: "(?P<runc>[^"]+)": (?:executable file not found|stat [^:]+: no such file)'
    r"|executable file `(?P<crun>[^`']+)[`'] not found"
    r"|starting container process caused.*exec: .*no such file",
    re.IGNORECASE,
)
# What POSIX shells end with when they cannot find a command; others continue after the message.
_SHELL_CODE = 127


def judge(case: Case) -> Verdict | None:
    """A runtime that cannot find the command, or a life that a shell ended with 127."""
    found = start_claim(CAUSE, case, _MISSING)
    if found is not None:
        claim, match = found
        command = match["runc"] or match["crun"] or ""
        return _verdict(claim, case, f' "{command}"' if command else "")
    if _goes_on(case):
        return None
    by_log = log_claim(CAUSE, case, () if case.life is None else (case.life.exit_code,))
    if by_log is None:
        return None
    if case.exit_code == _SHELL_CODE and case.life is not None:
        text = "127 is what a shell ends with when it cannot find a command"
        by_log.observed(text, Weight.MODERATE, case.life.origin)
    return _verdict(by_log, case, "")


def _goes_on(case: Case) -> bool:
    """A shell that reports a missing command and ends with another code went on after it."""
    if case.exit_code in (None, _SHELL_CODE):
        return False
    return all(match.signature.runtime == "shell" for match in case.matches(CAUSE.id))


def _verdict(claim: Claim, case: Case, command: str) -> Verdict | None:
    if case.spec is not None and case.spec.command is None:
        text = "no command is set, so the entry point of the image is used"
        claim.would_decide(f"{text}: crictl inspecti, or docker inspect of the image")
    return claim.verdict(f"{who(case)} cannot start: command{command} is not in the image")
