"""A pod of higher priority took its place.

What happens
------------
The scheduler deletes pods of lower priority to make room for a pending one, or the kubelet ends
pods so that a critical pod can start.

Why it hurts
------------
Work of low priority is lost again and again on a full cluster.

How we know
-----------
The pod's condition DisruptionTarget says PreemptionByScheduler, or the kubelet or the scheduler
wrote an event about the preemption.

What else it could be
---------------------
An eviction for pressure (E01, E02) names a resource, not a critical pod.

Fix
---
Give the workload the priority it deserves, or the cluster more room.

When the fix is wrong
---------------------
If everything has a high priority, nothing has.

References
----------
docs/specs/causes.md 8 (E10), docs/specs/kubelet.md 6.6.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import disruption_claim, speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E10",
    title="the pod was preempted by one of higher priority",
    lookalikes=("E01", "E07"),
)


def judge(case: Case) -> Verdict | None:
    """A pod that the scheduler or the kubelet preempted."""
    if not speaks_for_pod(case):
        return None
    claim = disruption_claim(CAUSE, case, "PreemptionByScheduler", "the scheduler needed its room")
    status = case.pod.status
    if status.reason == "Preempting":
        text = f'the pod\'s status says Preempting: "{quote(status.message)}"'
        claim.observed(text, Weight.CONCLUSIVE, case.status_origin("reason"))
    for event in case.events.of("Preempting", "Preempted")[-1:]:
        claim.observed(f'"{quote(event.message)}"', Weight.CONCLUSIVE, case.events.origin(event))
    if case.pod.spec.priority is not None:
        claim.with_parameter("priority", float(case.pod.spec.priority))
    return claim.verdict(
        f"pod {case.pod.key.name} was preempted to make room for a pod of higher priority"
    )
