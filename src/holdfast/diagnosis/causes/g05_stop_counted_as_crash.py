"""The process ended by the signal of a stop that was asked for; its code is not a crash.

What happens
------------
The kubelet or an operator asks for a stop, and the process ends by SIGTERM or SIGINT. The code is
143 or 130, which is not 0, so it is shown as an error.

Why it hurts
------------
Alerts fire on a stop that went well, and people search for a fault.

How we know
-----------
A stop was asked for, and the exit code is that of its signal; npm writes "signal SIGTERM" when it
is PID 1.

What else it could be
---------------------
A native crash (A15) ends with other signals. 143 without any stop leaves open who sent it (F12).

Fix
---
Handle the signal and end with 0 if the code disturbs; look for the cause in who asked for the stop.

When the fix is wrong
---------------------
Ending with 0 under restartPolicy OnFailure means that it is not started again.

References
----------
docs/specs/causes.md 7 and 8 (G05), kubernetes/kubernetes#80089.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.slow_stop import asked_stop
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="G05",
    title="a requested stop is counted as a crash",
    lookalikes=("A15", "F12", "A12"),
    signatures=(
        Signature("signal sigterm", "node", r"npm (ERR!|error) signal SIGTERM"),
        Signature("command failed with signal", "node", r'failed with signal "?SIG(TERM|INT)'),
    ),
)

# 128 + SIGINT and SIGTERM (causes.md 7).
_STOPPED = {130: "SIGINT", 143: "SIGTERM"}


def judge(case: Case) -> Verdict | None:
    """An end by the signal of a stop, or the words of npm about one."""
    life = case.life
    matches = case.matches(CAUSE.id)
    if life is None or (life.exit_code not in _STOPPED and not matches):
        return None
    stop = asked_stop(case)
    if stop is None and not matches:
        return None
    claim = Claim(CAUSE).quotes(*matches)
    if stop is not None:
        text = f"after {stop.asked}, it ended with exit code {life.exit_code}"
        claim.observed(text, Weight.STRONG, stop.origin)
    signal = _STOPPED.get(life.exit_code, "SIGTERM")
    return claim.verdict(
        f"{case.kind} {case.name} was stopped by {signal} (exit code {life.exit_code}); "
        "that is a stop, not a crash",
        Role.CONTRIBUTING,
    )
