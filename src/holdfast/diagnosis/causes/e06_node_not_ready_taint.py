"""The node was not ready for too long, and its pods were marked for deletion.

What happens
------------
The kubelet stops reporting. The node controller taints the node, and after the toleration (300 s
unless set) the pods are deleted and made anew elsewhere.

Why it hurts
------------
The pods may still run on the silent node, so a StatefulSet waits and others run twice; what the
status of the old pod shows is frozen.

How we know
-----------
The pod's condition DisruptionTarget says DeletionByTaintManager, or an event of the taint manager
or "Node is not ready" belongs to it.

What else it could be
---------------------
A drain (E07) is asked for by a person or an autoscaler. A deleted node object is E17.

Fix
---
Bring the node back, or delete it when it is gone for good; tolerations decide how long pods wait.

When the fix is wrong
---------------------
Longer tolerations keep pods bound to a node that is dead.

References
----------
docs/specs/causes.md 8 (E06), docs/specs/kubelet.md 5.2.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import disruption_claim, has_left, speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E06",
    title="its node was not ready and the pod was taken away",
    lookalikes=("E07", "E17", "E15"),
)


def judge(case: Case) -> Verdict | None:
    """A pod that the taint manager deleted."""
    if not speaks_for_pod(case):
        return None
    claim = disruption_claim(CAUSE, case, "DeletionByTaintManager", "the node's taint removed it")
    leaving = has_left(case.pod)
    for event in case.events.of("TaintManagerEviction")[-1:]:
        if "cancel" not in event.message.lower():
            weight = Weight.CONCLUSIVE if leaving else Weight.STRONG
            claim.observed(f'"{quote(event.message)}"', weight, case.events.origin(event))
    if leaving:
        _weigh_node(claim, case)
    node = case.pod.spec.node_name or "(not read)"
    return claim.verdict(f"node {node} was not ready, and pod {case.pod.key.name} was deleted")


def _weigh_node(claim: Claim, case: Case) -> None:
    for event in case.events.of("NodeNotReady")[-1:]:
        text = f'the pod was told "{quote(event.message)}"'
        claim.observed(text, Weight.STRONG, case.events.origin(event))
    ready = case.node.condition("Ready") if case.node else None
    if ready is not None and ready.status != "True":
        text = f"the node's condition Ready is {ready.status}: {quote(ready.message)}"
        claim.observed(text, Weight.MODERATE)
