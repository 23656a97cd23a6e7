"""The server opens its port only after a dependency answers, and the probe kills it meanwhile.

What happens
------------
The start blocks on a database or another service. Nothing listens yet, so the probe is refused on
the right port, and the kubelet kills the process while it waits.

Why it hurts
------------
An outage of the dependency becomes a crash loop of everything that needs it, and the back-off keeps
it down for minutes after the dependency is back.

How we know
-----------
The probe is refused from the start of the life on, and the log of that life shows attempts to reach
a dependency.

What else it could be
---------------------
A slow start without any dependency (C03), a wrong port (C01).

Fix
---
Listen first and report not ready until the dependency answers; then follow the chain to the
dependency, which is the root.

When the fix is wrong
---------------------
If the attempts in the log succeeded before the kill, the start is slow for another reason.

References
----------
docs/specs/causes.md 8 (C13) and 9 (refused on the probe's port).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.probe_kill import kill_claim, never_answered
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C13",
    title="it listens only after a dependency answers, and the probe kills it meanwhile",
    lookalikes=("C03", "C01", "A05"),
    probe_failure=ProbeFailure.NEVER_UP,
)

_DEPENDENCY = ("A05", "A06", "A07", "A08", "A29")


def judge(case: Case) -> Verdict | None:
    """Refused from the start on, with a log that waits for something."""
    matches = case.matches(*_DEPENDENCY)
    if not matches:
        return None
    made = kill_claim(CAUSE, case, Answer.REFUSED)
    if made is None:
        return None
    claim, story = made
    never_answered(claim, story, Weight.MODERATE)
    if story.answers[Answer.SERVER_ERROR]:
        text = "its probe was answered with an error as well: it listens without the dependency"
        claim.against(text, Weight.STRONG)
    claim.quotes(matches[-1])
    claim.leads_to(matches[-1].cause)
    return claim.verdict(
        f"{case.kind} {case.name} waits for a dependency before it listens, and its {story.name} "
        "probe kills it meanwhile"
    )
