"""A shell is PID 1 and does not pass SIGTERM on, so every stop lasts the whole grace period.

What happens
------------
The command is `sh -c` with a script. The stop signal goes to PID 1 only, and that is the shell,
which ignores it while the program below it never hears of it. SIGKILL ends both.

Why it hurts
------------
Each stop takes the full grace, nothing is drained or flushed, and the code 137 looks like an
out-of-memory kill.

How we know
-----------
The command starts a shell that stays PID 1, and the life ended with 137 when the grace was over.

What else it could be
---------------------
An out-of-memory kill (D01) has memory evidence and no stop before it. A program without a handler
(G02) does the same without a shell.

Fix
---
Start the program with `exec` as the last command of the script, use the exec form, or put a small
init such as tini before it.

When the fix is wrong
---------------------
If the shell must do something after the program ends, give it a trap that passes the signal on.

References
----------
docs/specs/causes.md 5.3 and 8 (G01), docs/specs/kubelet.md 2.4.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.slow_stop import slow_stop_claim
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="G01",
    title="a shell at PID 1 swallows SIGTERM",
    lookalikes=("D01", "G02", "G04"),
)


def judge(case: Case) -> Verdict | None:
    """A stop that used up its grace, with a shell as PID 1."""
    shell = case.program.shell if case.life is not None and case.life.killed else ""
    made = slow_stop_claim(CAUSE, case) if shell else None
    if made is None:
        return None
    claim, stop = made
    script = " ".join((*(case.spec.command or ()), *(case.spec.args or ()))) if case.spec else ""
    if "trap " in script:
        claim.against("its script sets a trap", Weight.MODERATE, case.spec_origin("command"))
    claim.observed(
        f"its command starts {shell} -c with a script that does not hand over by exec, so {shell} "
        "stays PID 1",
        Weight.STRONG,
        case.spec_origin("command"),
    )
    claim.with_parameter("shell", shell)
    return claim.verdict(
        f"{case.kind} {case.name} runs below {shell} as PID 1, which swallows SIGTERM: every stop "
        f"takes the whole grace of {stop.grace_seconds} s and ends with 137",
        Role.CONTRIBUTING,
    )
