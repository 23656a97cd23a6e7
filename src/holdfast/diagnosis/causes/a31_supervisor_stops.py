"""A supervisor of several processes gives up because one of its children does.

What happens
------------
The container runs supervisord, s6, runit or a wrapper script with several processes. A child ends
too often or is fatal, and the supervisor ends with it.

Why it hurts
------------
The code and the last line are those of the supervisor. What went wrong stands further up, between
the lines of the other children.

How we know
-----------
The log has the supervisor's words: exited too quickly, entered FATAL state, s6 or runit stopping,
child exited.

What else it could be
---------------------
A child that the kernel killed for memory is D05, while the main process goes on.

Fix
---
Run one process per container; until then, read the log of the child that the supervisor names.

When the fix is wrong
---------------------
A supervisor that restarts the child for ever hides the crash from Kubernetes.

References
----------
docs/specs/causes.md 8 (A31) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A31",
    title="its supervisor stops because a child does",
    lookalikes=("D05", "A10", "A01"),
    signatures=(
        Signature("exited too quickly", "supervisord"),
        Signature("entered fatal state", "supervisord"),
        Signature("gave up:", "supervisord", r"gave up: \S+ entered FATAL"),
        Signature(
            "s6-",
            "s6",
            r"s6-(svscan|supervise|rc|overlay\S*): .*(fatal|exited|unable|warning: unable)",
        ),
        Signature("exited with code", "s6", r"service \S+ exited with code [1-9]"),
        Signature("/init exiting", "s6"),
        Signature("runsv", "runit", r"runsv \S+: fatal"),
        Signature("err_process_exited", "node", r"ERR_PROCESS_EXITED"),
        Signature("too many unstable restarts", "pm2"),
        Signature(
            "child process",
            "any",
            r"child process.{0,40}(exited|died|terminated).{0,60}(shutting down|exiting"
            r"|stopping|terminating)",
        ),
        Signature(
            "one of the processes", "any", r"one of the processes.{0,30}(exited|died|stopped)"
        ),
        Signature("exited with code", "foreman", r"^\S+ [\w.-]+\.\d+ +\| exited with code [1-9]"),
        Signature("sending sigterm to all processes", "foreman"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a supervisor that gives up."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    child = caught(
        case,
        CAUSE.id,
        r"gave up: ([\w.:-]+)",
        r"exited: ([\w.:-]+)",
        r"\bservice ([\w.:-]+) exited",
        r"runsv ([\w.-]+)",
    )
    which = f" {child}" if child else ""
    if child:
        claim.with_parameter("child", child)
    return claim.verdict(
        f"the supervisor of {subject(case)} gave up because its child{which} ended"
    )
