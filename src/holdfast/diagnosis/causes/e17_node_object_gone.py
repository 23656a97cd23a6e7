"""The node is gone from the API, and the garbage collector removed its pods.

What happens
------------
A node object is deleted while pods are still bound to it. The pod garbage collector marks them
Failed and deletes them.

Why it hurts
------------
The pods had no orderly stop as far as the API knows, and volumes may stay attached.

How we know
-----------
The pod's condition DisruptionTarget says DeletionByPodGC.

What else it could be
---------------------
A node that is merely not ready (E06) keeps its object, and the taint manager deletes its pods.

Fix
---
None for the pods. Find out who deleted the node: an autoscaler (E09), a cloud controller, a person.

When the fix is wrong
---------------------
If the machine still runs, its containers run on unseen: stop it before the pods start elsewhere.

References
----------
docs/specs/causes.md 8 (E17).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import disruption_claim, speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E17",
    title="its node was deleted and the pod was collected",
    lookalikes=("E06", "E09"),
)


def judge(case: Case) -> Verdict | None:
    """A pod that the garbage collector of pods removed."""
    if not speaks_for_pod(case):
        return None
    claim = disruption_claim(CAUSE, case, "DeletionByPodGC", "the garbage collector removed it")
    if not claim.score:
        return None
    node = case.pod.spec.node_name
    if case.context.nodes and node and case.node is None:
        claim.observed(f"node {node} is not among the nodes that were read", Weight.MODERATE)
    elif case.node is not None:
        claim.against(f"node {node} exists", Weight.WEAK)
    return claim.verdict(
        f"node {node or '(not read)'} was deleted, and pod {case.pod.key.name} with it"
    )
