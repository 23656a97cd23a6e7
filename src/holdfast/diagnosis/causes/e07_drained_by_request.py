"""The pod was evicted through the API, as a drain does.

What happens
------------
Somebody or something asks the API to evict the pod, usually with `kubectl drain` before maintenance
of the node. Disruption budgets are respected, and the pod gets its grace.

Why it hurts
------------
It does not, unless there are too few replicas, or the stop is not clean.

How we know
-----------
The pod's condition DisruptionTarget says EvictionByEvictionAPI. A cordoned node and a requested
stop make it likely where the condition was not read.

What else it could be
---------------------
Preemption (E10) and taints (E06) name themselves in the same condition. Autoscalers (E09) and the
descheduler (E13) evict through the API as well and leave events.

Fix
---
None is needed. A PodDisruptionBudget keeps enough replicas.

When the fix is wrong
---------------------
A budget that allows no disruption at all blocks every drain.

References
----------
docs/specs/causes.md 8 (E07), docs/specs/kubelet.md 5.1.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import disruption_claim, speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E07",
    title="the pod was evicted on request",
    lookalikes=("E06", "E09", "E10", "E13"),
)

# k8s.io/api/core/v1 TaintNodeUnschedulable: what cordon sets.
_CORDONED = "node.kubernetes.io/unschedulable"


def judge(case: Case) -> Verdict | None:
    """A pod that was evicted through the API, or is being deleted on a cordoned node."""
    if not speaks_for_pod(case):
        return None
    claim = disruption_claim(CAUSE, case, "EvictionByEvictionAPI", "an eviction was asked for")
    if case.pod.metadata.deletion_timestamp and _cordoned(case):
        text = f"node {case.pod.spec.node_name} is cordoned and the pod is being deleted"
        claim.suggested(text, Weight.MODERATE)
    claim.would_decide("who asked: the API server's audit log, verb create, subresource eviction")
    return claim.verdict(
        f"pod {case.pod.key.name} was evicted on request, as a drain of node "
        f"{case.pod.spec.node_name or '(not read)'} does"
    )


def _cordoned(case: Case) -> bool:
    node = case.node
    if node is None:
        return False
    return bool(node.spec.unschedulable) or any(t.key == _CORDONED for t in node.spec.taints or ())
