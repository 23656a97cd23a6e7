"""The pod has no node yet, or its volume is not bound: it waits, it does not restart.

What happens
------------
The scheduler finds no node that fits the pod's requests, selectors, taints or volumes. No container
was ever started.

Why it hurts
------------
The replica is missing. During a rollout the old pods stay, so it can go unseen for long.

How we know
-----------
The condition PodScheduled is False, or FailedScheduling events name what did not fit.

What else it could be
---------------------
A pod that has a node but no container yet has trouble with images (B08), volumes (B06, B07) or its
sandbox (B10).

Fix
---
Lower the requests to what is used, correct selector, toleration or affinity, or add nodes.

When the fix is wrong
---------------------
If an autoscaler is about to add a node, waiting is right: look for TriggeredScaleUp.

References
----------
docs/specs/causes.md 2.4 and 8 (S01).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(id="S01", title="no node takes the pod", lookalikes=("B06", "B07", "B10"))


def judge(case: Case) -> Verdict | None:
    """A pending pod that the scheduler could not place."""
    if case.member is not None or case.pod.status.phase != "Pending":
        return None
    claim = Claim(CAUSE)
    condition = case.pod.condition("PodScheduled")
    reason = ""
    if condition is not None and condition.status == "False":
        reason = condition.message
        claim.observed(
            f'PodScheduled is False ({condition.reason}): "{quote(condition.message)}"',
            Weight.CONCLUSIVE,
            case.status_origin("conditions"),
        )
    for event in case.events.of("FailedScheduling")[-1:]:
        reason = reason or event.message
        claim.observed(
            f'the scheduler says "{quote(event.message)}"', Weight.STRONG, case.events.origin(event)
        )
    if not reason:
        namespace, name = case.pod.key
        claim.would_decide(
            f"what the scheduler says: kubectl events -n {namespace} --for pod/{name}, or the "
            "PodScheduled condition of the pod"
        )
    if not case.pod.spec.node_name:
        claim.observed("it has no node", Weight.WEAK, case.spec_origin("nodeName"))
    detail = f": {quote(reason)}" if reason else ""
    return claim.verdict(f"pod {case.pod.key.name} is not scheduled{detail}")
