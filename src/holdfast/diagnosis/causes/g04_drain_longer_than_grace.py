"""The program drains on SIGTERM, but takes longer than its grace period.

What happens
------------
The program hears the signal, finishes requests or moves its data, and is killed in the middle of it
when the grace is over.

Why it hurts
------------
What was being drained is cut off, which is what the drain was to prevent.

How we know
-----------
The log of the ended life speaks of a shutdown, and the life ended with 137 when the grace was over.

What else it could be
---------------------
A program that never heard the signal (G01, G02) writes nothing about a shutdown.

Fix
---
Raise the grace above the longest drain, or give the drain a limit of its own below the grace.

When the fix is wrong
---------------------
If the drain waits for connections that never close, close them; no grace is long enough.

References
----------
docs/specs/causes.md 6.3 and 8 (G04), docs/specs/kubelet.md 2.3.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.slow_stop import drain_lines, slow_stop_claim
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="G04",
    title="the drain takes longer than the grace period",
    lookalikes=("G01", "G02", "G03"),
    signatures=(
        Signature("drain", "any", r"\bdrain(ing)?\b"),
        Signature("graceful", "any", r"\bgraceful(ly)?\b.*\b(shut|stop|terminat|exit)"),
        Signature("shut", "any", r"\b(shutting down|shutdown (initiated|started|requested))\b"),
        Signature("sigterm", "any", r"\b(received|caught|got|handling)\b.*\bSIGTERM\b"),
        Signature("waiting for", "any", r"waiting for .*\b(connections?|requests?|workers?|jobs?)"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """A stop that used up its grace, with a log that speaks of a shutdown."""
    if case.life is None or not case.life.killed:
        return None
    matches = drain_lines(case)
    made = slow_stop_claim(CAUSE, case) if matches else None
    if made is None:
        return None
    claim, stop = made
    claim.quotes(*matches)
    return claim.verdict(
        f"{case.kind} {case.name} drains on SIGTERM, but not within its grace of "
        f"{stop.grace_seconds} s: SIGKILL cut it off (137)",
        Role.CONTRIBUTING,
    )
