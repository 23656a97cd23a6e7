"""The command of an exec probe fails, takes too long, or leaves processes behind.

What happens
------------
The kubelet runs the command inside the container. An exit code other than 0 or a run longer than
`timeoutSeconds` (1 s unless set) is a failure; `failureThreshold` of them kill the container.

Why it hurts
------------
The command shares the container's CPU and memory limit, so it is slowest when the service is busy;
a shell per probe costs more than the check itself, and one that forks leaves zombies at PID 1.

How we know
-----------
The probe is of kind exec, and the Unhealthy event holds the output of the command or says that it
timed out.

What else it could be
---------------------
The command tells the truth about a sick process (C07). A command that does not exist at all never
kills: the kubelet discards the result.

Fix
---
An HTTP, TCP or gRPC probe where the service can offer one; else a cheap command, a longer timeout,
and an init process that reaps.

When the fix is wrong
---------------------
If the command reports a real fault, run it by hand before changing the probe.

References
----------
docs/specs/causes.md 8 (C09), docs/specs/kubelet.md 1.8, kubernetes/kubernetes#106682.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.probe_kill import kill_claim, turned_text
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C09",
    title="the command of its exec probe fails or takes too long",
    lookalikes=("C07", "C05", "A26"),
    probe_failure=ProbeFailure.COMMAND,
)


def judge(case: Case) -> Verdict | None:
    """A kill by an exec probe, whatever its command printed."""
    made = kill_claim(CAUSE, case, unseen=True)
    if made is None or made[1].probe.handler != "exec":
        return None
    claim, story = made
    text = f"the {story.name} probe runs a command in the container"
    claim.observed(text, Weight.MODERATE, case.spec_origin(f"{story.name}Probe.exec"))
    if story.last_answer is Answer.COMMAND_TIMEOUT:
        how = f"takes longer than timeoutSeconds {story.probe.timeout}"
        claim.with_parameter("timeout_seconds", float(story.probe.timeout))
    else:
        how = "fails"
    return claim.verdict(
        f"the command of the {story.name} probe of {case.kind} {case.name} {how}"
        f"{turned_text(story)}, so the kubelet kills it"
    )
