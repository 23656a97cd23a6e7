"""A script cannot be interpreted: line ends, shebang or quoting are wrong.

What happens
------------
The start script has line ends of Windows, no shebang, an interpreter that the image lacks, or a
quoting error in sh -c. The shell or the kernel refuses it.

Why it hurts
------------
No replica starts, although the script works on the author's machine.

How we know
-----------
The words of the shell: bad interpreter, syntax error near unexpected token, a command with a
carriage return not found; or exec format error for a file that is a script.

What else it could be
---------------------
Exec format error for a binary is the wrong architecture (B03). A command that does not exist is
B01. A syntax error of a server's own file is A03.

Fix
---
Save the script with line ends of Unix, begin it with #!/bin/sh, and keep .gitattributes with
eol=lf.

When the fix is wrong
---------------------
If the shebang names bash, an image with sh only lacks it: install bash or write for sh.

References
----------
docs/specs/causes.md 8 (A35) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

_SCRIPT = r"\.(sh|bash|py|rb|pl|js)"

CAUSE = Cause(
    id="A35",
    title="its start script cannot be interpreted",
    lookalikes=("B03", "B01", "A30", "A03"),
    signatures=(
        Signature("bad interpreter", "shell"),
        Signature("^m", "shell", r"\^M: |\^M'"),
        Signature("\\r", "shell", r"\\r['\"]?: (command )?not found|env: .*\\r"),
        Signature(
            "\r",
            "shell",
            r"\r['\"]?: (command )?not found|(illegal option|invalid option name).*\r",
        ),
        Signature("syntax error near unexpected token", "shell"),
        Signature("syntax error", "shell", r"(^|: )(line )?\d+: syntax error: |^sh: syntax error"),
        Signature(
            "unexpected end of file", "shell", r"line \d+: syntax error: unexpected end of file"
        ),
        Signature("unexpected eof while looking for matching", "shell"),
        Signature("unterminated quoted string", "shell"),
        Signature("bad substitution", "shell"),
        Signature(
            "exec format error",
            "shell",
            rf"{_SCRIPT}['\":]*( |:).*exec format error|missing shebang",
        ),
        Signature("cannot execute: required file not found", "shell"),
        # the file is there, runc has looked; its interpreter is not
        Signature(
            "no such file or directory", "runc", rf"^exec /\S+{_SCRIPT}: no such file or directory"
        ),
        Signature(
            "no such file or directory",
            "shell",
            r"env: ['‘]?[\w.+-]+(\\r)?['’]?: No such file or directory",
        ),
        Signature(
            "no such file or directory",
            "runc",
            r"exec user process caused:? no such file",
            Weight.MODERATE,
        ),
        Signature("use -[v]s to pass options in shebang lines", "shell"),
        Signature("event not found", "shell", r"^\S*(ba)?sh: .*event not found"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a shell or of the kernel about a script."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    script = caught(
        case,
        CAUSE.id,
        r"((?:/?[\w.-]+)*/[\w.-]+\.?\w*)(?:: |\")",
        r"([\w.-]+\.(?:sh|bash|py|rb))\b",
    )
    if script:
        claim.with_parameter("script", script)
    which = script or "its start script"
    return claim.verdict(f"{subject(case)} ends because {which} cannot be interpreted")
