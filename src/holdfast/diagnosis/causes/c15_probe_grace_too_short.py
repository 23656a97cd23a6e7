"""The probe's own terminationGracePeriodSeconds ends the process before it can stop cleanly.

What happens
------------
A liveness or startup probe may carry its own grace period, which replaces the pod's for kills by
this probe. The process is still stopping when it is over, and SIGKILL ends it with 137.

Why it hurts
------------
Requests in flight and unsaved state are lost on each probe kill; a deletion of the pod, which uses
the pod's grace, looks fine.

How we know
-----------
The probe carries the field, a Killing event blames this probe, and the life ended with 137.

What else it could be
---------------------
A process that ignores SIGTERM altogether (G01, G02): no grace would be long enough.

Fix
---
Give the probe the grace that a clean stop needs, or remove the field; for a process that hangs a
short value is right.

When the fix is wrong
---------------------
If the process ignores SIGTERM, a longer grace only makes each restart slower.

References
----------
docs/specs/causes.md 6.3 and 8 (C15), docs/specs/kubelet.md 2.2.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="C15",
    title="the grace period of the probe ends before the process has stopped",
    lookalikes=("C14", "G01", "G02"),
)


def judge(case: Case) -> Verdict | None:
    """A kill by a probe with its own grace that ended in 137."""
    story = case.killing_story
    life = case.life
    if story is None or story.stop is None or life is None or not life.killed:
        return None
    grace = story.probe.termination_grace_period_seconds
    if life.reason == "OOMKilled" or grace is None:
        return None
    claim = Claim(CAUSE)
    claim.observed("the life ended with exit code 137 (SIGKILL)", Weight.MODERATE, life.origin)
    field = f"{story.name}Probe.terminationGracePeriodSeconds"
    text = f"{field} is {grace}; the pod's own grace is {story.pod_grace_seconds} s"
    claim.observed(text, Weight.MODERATE, case.spec_origin(field))
    claim.with_parameter("grace_seconds", float(grace))
    claim.leads_to("G01" if case.program.shell else "G02")
    return claim.verdict(
        f"SIGKILL ends {case.kind} {case.name} {grace} s after its {story.name} probe failed, "
        f"because the probe has its own grace period ({grace} s, the pod's is "
        f"{story.pod_grace_seconds} s)",
        Role.CONTRIBUTING,
    )
