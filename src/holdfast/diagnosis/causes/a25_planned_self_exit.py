"""The program ends by plan: after a number of requests, a time, or a watchdog's decision.

What happens
------------
A worker limit, a memory guard or a maximum age makes the program end with 0, so that a fresh
process takes over. In a container the fresh process is a restart.

Why it hurts
------------
Restart counts grow without a fault, and replicas of one age restart together.

How we know
-----------
The log says why it ends: max requests, maximum age, watchdog, memory guard. Lives are of about the
same length and end with 0.

What else it could be
---------------------
A changed file is F03, a lost lease A16. A short life without a word is A09.

Fix
---
None, if it is intended: say so to those who watch the count. Otherwise recycle workers below a
master that stays.

When the fix is wrong
---------------------
If the plan hides a leak, the leak is the fault and the guard only its bandage.

References
----------
docs/specs/causes.md 8 (A25) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.crash import uptime_text
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import self_end_claim, subject
from holdfast.model.verdict import Verdict

_ENDS = r"(exit\w*|restart\w*|shut\w* ?down|terminat\w*|quit\w*|stopping|recycl\w*)"

CAUSE = Cause(
    id="A25",
    title="it ends by plan",
    lookalikes=("A09", "F03", "F15", "A16"),
    signatures=(
        Signature(
            "max",
            "any",
            rf"\bmax(imum)?[ _-]?(requests?|jobs|tasks|messages|uptime|lifetime|age|runtime"
            rf"|iterations)\b.{{0,60}}\b({_ENDS}|reached|exceeded)\b",
        ),
        Signature(
            "max",
            "any",
            rf"\b({_ENDS}|reached|exceeded)\b.{{0,60}}\bmax(imum)?[ _-]?(requests|jobs|tasks"
            rf"|messages|uptime|lifetime|age|runtime)\b",
        ),
        Signature(
            "watchdog", "any", rf"\bwatchdog\b.{{0,80}}\b{_ENDS}\b|\b{_ENDS}\b.{{0,40}}\bwatchdog\b"
        ),
        Signature(
            "memory",
            "any",
            rf"\bmemory (usage|guard|limit|threshold|watermark)\b.{{0,60}}\b(exceed\w*|above"
            rf"|over|reached)\b.{{0,60}}\b{_ENDS}\b",
        ),
        Signature("scheduled restart", "any"),
        Signature("planned restart", "any"),
        Signature("periodic restart", "any"),
        Signature("self-restart", "any"),
        Signature("idle timeout", "any", rf"\bidle timeout\b.{{0,40}}\b{_ENDS}\b"),
        Signature(
            "lifetime",
            "any",
            rf"\blifetime\b.{{0,30}}\b(reached|expired|exceeded)\b.{{0,40}}\b{_ENDS}\b",
        ),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The program's own announcement that it ends."""
    claim = self_end_claim(CAUSE, case, (0,))
    if claim is None:
        return None
    return claim.verdict(f"{subject(case)} ends by its own plan{uptime_text(case)}")
