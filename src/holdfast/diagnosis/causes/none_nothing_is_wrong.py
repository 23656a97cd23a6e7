"""Nothing is wrong with the pod as far as it was read.

What happens
------------
Every container runs and is ready, or the pod has completed its work.

Why it hurts
------------
It does not.

How we know
-----------
The status says so: no container has ended before its time, and all that should be ready are.

What else it could be
---------------------
Hazards without effect yet are told beside it. Errors of requests leave no trace in a pod's status
(S04), nor does a killed child process (D05).

Fix
---
None is needed.

When the fix is wrong
---------------------
There is none to be wrong.

References
----------
docs/specs/causes.md 2.4 and 8 (NONE).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.container import ContainerKind
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(id="NONE", title="nothing is wrong", lookalikes=("S02", "S04", "D05"))


def judge(case: Case) -> Verdict | None:
    """A pod whose status leaves nothing to explain; never one that was not read."""
    if case.member is not None:
        return None
    name, status = case.pod.key.name, case.pod.status
    claim = Claim(CAUSE)
    if status.phase == "Succeeded":
        claim.observed("the phase is Succeeded", Weight.MODERATE, case.status_origin("phase"))
        return claim.verdict(f"pod {name} has completed")
    if status.phase != "Running" or case.pod.metadata.deletion_timestamp or not _all_well(case):
        return None
    text = "every container is ready, and none has ever restarted"
    claim.observed(text, Weight.MODERATE, case.status_origin("containerStatuses"))
    return claim.verdict(f"pod {name} is healthy")


def _all_well(case: Case) -> bool:
    for member in case.pod.members():
        if member.kind is ContainerKind.EPHEMERAL:
            continue
        status = member.status
        if status is None or status.restart_count or status.last_state.terminated is not None:
            return False
        if member.kind is ContainerKind.INIT:
            end = status.state.terminated
            if end is None or end.exit_code:
                return False
        elif not status.ready or status.state.running is None:
            return False
    return bool(case.pod.status.container_statuses)
