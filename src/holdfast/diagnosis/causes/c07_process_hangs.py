"""The process really hangs: a deadlock, an exhausted pool, a blocked event loop.

What happens
------------
The process worked, then stopped answering, and stays so. The kubelet kills it, which is what the
liveness probe is for.

Why it hurts
------------
The restart cures the symptom for a while. Requests in flight are lost each time, and the bug stays.

How we know
-----------
The container answered for a while and then no more; timeouts are not cured by a longer timeout;
other replicas are well. A thread dump taken before the kill makes it certain.

What else it could be
---------------------
Latency above a short timeout (C04), throttling (C05), a dependency that the liveness endpoint
checks (C06: then all replicas fail together).

Fix
---
Keep the probe and fix the hang; write a thread dump when the probe fails.

When the fix is wrong
---------------------
If all replicas fail together it is not this process, but what they share.

References
----------
docs/specs/causes.md 8 (C07), docs/specs/kubelet.md 1.9, SC18.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.probe_kill import kill_claim, may_have_killed, turned_text
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C07",
    title="the process hangs",
    lookalikes=("C04", "C05", "C06"),
    probe_failure=ProbeFailure.HANG,
)

_SILENT = (Answer.TIMEOUT, Answer.REFUSED, Answer.UNREACHABLE)
_PATIENT_SECONDS = 5


def judge(case: Case) -> Verdict | None:
    """A container that answered first and then no more, or only with errors."""
    answers = (*_SILENT, Answer.SERVER_ERROR, Answer.NOT_SERVING)
    made = kill_claim(CAUSE, case, *answers, unseen=True)
    if made is None:
        return None
    claim, story = made
    if story is case.possible_story and case.life is not None and case.life.killed:
        return may_have_killed(claim, case, story)
    answered = story.answered_seconds
    if answered is None:
        return None
    claim.inferred(
        f"it answered for about {answered:.0f} s, then no more",
        Weight.WEAK,
        case.life.origin if case.life else None,
    )
    if story.last_answer is Answer.TIMEOUT and story.probe.timeout >= _PATIENT_SECONDS:
        text = f"it did not answer within {story.probe.timeout} s either"
        claim.observed(text, Weight.MODERATE, case.spec_origin(f"{story.name}Probe.timeoutSeconds"))
    if story.last_answer is Answer.REFUSED:
        text = "it was refused after it had answered: the process closed its listener or is gone"
        claim.observed(text, Weight.MODERATE)
    claim.would_decide(
        "a thread dump, taken while the probe fails and before the kill",
        "CPU use at that time: none, or one core flat",
    )
    return claim.verdict(
        f"{case.kind} {case.name} stops answering its {story.name} probe{turned_text(story)} and "
        "stays so until the kubelet kills it"
    )
