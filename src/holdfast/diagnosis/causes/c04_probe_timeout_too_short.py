"""The probe's timeout is shorter than the pauses or the latency of its endpoint.

What happens
------------
The endpoint answers, but later than `timeoutSeconds` (1 s unless set): a garbage collection, a slow
query in the handler, a cold cache. `failureThreshold` such answers in a row kill the container.

Why it hurts
------------
It happens under load, so the restart takes capacity away when it is needed most.

How we know
-----------
The Unhealthy events say that the kubelet waited for the headers in vain; the connection itself was
accepted.

What else it could be
---------------------
A CPU limit that starves the process (C05), a hang that no timeout would cure (C07), or a node that
stalls (C12).

Fix
---
A timeout of 3 to 5 s and a handler that does no work; the timeout before the threshold.

When the fix is wrong
---------------------
If the process hangs for good, a longer timeout only delays the kill: compare the latency outside
the failures.

References
----------
docs/specs/causes.md 8 (C04) and 11, docs/specs/kubelet.md 1.1 and 1.8.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.probe_kill import kill_claim, may_have_killed, probe_field, turned_text
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C04",
    title="its endpoint answers later than the probe's timeout",
    lookalikes=("C05", "C07", "C12"),
    probe_failure=ProbeFailure.LATE,
)

# The API's default is 1 s; from 5 s on the advice of this cause is already followed.
_SHORT_SECONDS = 1
_LONG_SECONDS = 5


def judge(case: Case) -> Verdict | None:
    """Timeouts while waiting for the answer."""
    made = kill_claim(CAUSE, case, Answer.TIMEOUT, unseen=True)
    if made is None:
        return None
    claim, story = made
    if not story.results and story is not case.possible_story:
        return None
    if not story.results:
        return may_have_killed(claim, case, story)
    timeout = story.probe.timeout
    origin = case.spec_origin(f"{probe_field(story)}.timeoutSeconds")
    if timeout <= _SHORT_SECONDS:
        claim.observed(f"timeoutSeconds is {timeout}", Weight.MODERATE, origin)
    elif timeout >= _LONG_SECONDS:
        text = f"timeoutSeconds is already {timeout}: a pause that long is a hang"
        claim.against(text, Weight.MODERATE, origin)
    if story.name == "startup":
        claim.against("while it starts, a late answer belongs to a slow start", Weight.WEAK)
    if story.answers[Answer.REFUSED] >= story.answers[Answer.TIMEOUT]:
        claim.against("the probe was refused as often as it timed out", Weight.MODERATE)
    claim.would_decide(
        "the latency of the endpoint, asked from inside the pod while the probe fails",
        "CPU throttling of the container (container_cpu_cfs_throttled_periods_total)",
    )
    return claim.verdict(
        f"the {story.name} endpoint of {case.kind} {case.name} answers more slowly than "
        f"timeoutSeconds {timeout}{turned_text(story)}, so the kubelet kills it"
    )
