"""A command that ends after its work runs under restartPolicy Always.

What happens
------------
The command does its work, ends with 0, and is started again, because restartPolicy Always restarts
a success too.

Why it hurts
------------
The work is done again and again with growing pauses, and the pod is shown as CrashLoopBackOff
although nothing fails.

How we know
-----------
The life ended with 0 under restartPolicy Always, no event and no probe explains a stop, and its log
ends without an error.

What else it could be
---------------------
A swallowed error ends with 0 as well (A02), and so do a server that puts itself in the background
(A10), a lost lease (A16), a planned end (A25), a changed file (F03), and a program that handles
SIGTERM well when a probe kills it (group C).

Fix
---
Use a Job or a CronJob for work with an end. For a server, keep its process in the foreground.

When the fix is wrong
---------------------
If the program should run for ever, its end with 0 is the fault: find out which path of the code
returns.

References
----------
docs/specs/causes.md 8 (A09), 7 and 9.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.crash import in_words, uptime_text, weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import completed_under_always, subject
from holdfast.model.evidence import Grounds, Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A09",
    title="a command that ends after its work runs under restartPolicy Always",
    lookalikes=("A10", "A02", "A16", "A25", "F03", "C06"),
)

# Whoever has words for its end explains the 0 better.
_WORDS = ("A10", "A16", "A25", "F03", "F04", "F15")
_ERROR = regex(
    r"\b(error|exception|fatal|failed|failure|cannot|could not|unable|panic|refused|denied)\b",
    re.IGNORECASE,
)
_NO_ERROR = regex(r"\b(0|no|without) (errors?|failures?|failed)\b|errors?[=: ]+0\b", re.IGNORECASE)
_STOPPED = regex(
    r"\bSIG(TERM|INT|HUP|QUIT)\b|signal (15|2|1)\b|shut(ting)? ?down|graceful|received.{0,20}signal"
    r"|\bterminated\b",
    re.IGNORECASE,
)
_LAST_LINES = 5
# A server that ends with 0 after this long is rarely a command with an end; a judgement.
_LONG_SECONDS = 3600


def judge(case: Case) -> Verdict | None:
    """An end with 0 under Always that nobody asked for and no text explains."""
    if not completed_under_always(case) or case.life is None or case.matches(*_WORDS):
        return None
    if case.stop is not None and case.stop.direct:
        return None
    claim = Claim(CAUSE).observed(
        f"it ended with exit code 0{uptime_text(case)} under restartPolicy Always",
        Weight.STRONG,
        case.life.origin,
    )
    _weigh_log(claim, case)
    _weigh_stops(claim, case)
    weigh_stop(claim, case)
    return claim.verdict(
        f"{subject(case)} finishes its command with exit code 0{uptime_text(case)}, and "
        "restartPolicy Always starts it again"
    )


def _weigh_log(claim: Claim, case: Case) -> None:
    lines = [line for line in case.last_words if line.strip()][-_LAST_LINES:]
    for line in lines:
        if _STOPPED.search(line):
            text = f'its log speaks of a stop: "{quote(line)}"'
            claim.against(text, Weight.STRONG, grounds=Grounds.READ)
            return
    for line in lines:
        if _ERROR.search(line) and not _NO_ERROR.search(line):
            text = f'its log ends with an error: "{quote(line)}"'
            claim.against(text, Weight.MODERATE, grounds=Grounds.READ)
            return
    if lines:
        claim.read("its log ends without an error and without a word about a stop", Weight.MODERATE)
        return
    namespace, name = case.pod.key
    claim.would_decide(
        f"the log of the ended life: kubectl logs --previous -n {namespace} {name} -c {case.name}"
    )


def _weigh_stops(claim: Claim, case: Case) -> None:
    if case.life is None:
        return
    story = case.killing_story
    if story is not None:
        text = f"its uptime fits a kill by its {story.name} probe"
        claim.against(text, Weight.STRONG, case.life.origin, Grounds.INFERRED)
    if case.probe("liveness") is not None:
        text = "it has a liveness probe, as services have and commands have not"
        claim.against(text, Weight.MODERATE, case.spec_origin("livenessProbe"))
    uptime = case.uptime_seconds
    if uptime is not None and uptime > _LONG_SECONDS:
        text = f"it ran for {in_words(uptime)} before"
        claim.against(text, Weight.MODERATE, case.life.origin)
