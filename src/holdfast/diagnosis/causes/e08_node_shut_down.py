"""The node was shut down or reclaimed, and the kubelet ended its pods in time.

What happens
------------
A spot machine is taken back, or the host is shut down. With graceful node shutdown configured, the
kubelet ends pods within a short budget before the host goes.

Why it hurts
------------
The budget is often far below the pod's grace, so long drains are cut off.

How we know
-----------
The pod's status has the reason Terminated and the message about imminent node shutdown, or events
of the node announce the reclaim.

What else it could be
---------------------
A drain (E07) gives the full grace. Without graceful shutdown the pods are lost as in E05.

Fix
---
End within the budget on SIGTERM; spread replicas over nodes that are not all reclaimed at once.

When the fix is wrong
---------------------
A longer grace in the pod does not lengthen the budget of the node.

References
----------
docs/specs/causes.md 8 (E08), docs/specs/kubelet.md 6.5 and Q36.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.node_signs import near_end, node_events
from holdfast.diagnosis.pod_end import has_left, speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E08",
    title="the node was shut down",
    lookalikes=("E07", "E05"),
)

# pkg/kubelet/nodeshutdown: message of the status, and of the refusal of new pods.
_SHUTDOWN = ("imminent node shutdown", "node is shutting down", "node was shutting down")
# Reasons of a refused pod, and of the status before Kubernetes 1.22.
_REASONS = ("NodeShutdown", "Shutdown")
# Reclaim notices: kubernetes/node-problem-detector, aws-node-termination-handler, Karpenter, AKS.
_RECLAIMS = (
    "SpotInterruption",
    "SpotInterrupted",
    "InstanceStopping",
    "InstanceTerminating",
    "NodeShutdown",
    "Shutdown",
    "TerminateScheduled",
    "PreemptScheduled",
)


def judge(case: Case) -> Verdict | None:
    """A pod that the kubelet ended before its node went down."""
    if not has_left(case.pod) or not speaks_for_pod(case):
        return None
    status = case.pod.status
    told = any(text in status.message.lower() for text in _SHUTDOWN)
    notices = [e for e in node_events(case, *_RECLAIMS) if near_end(e, case.life)]
    claim = Claim(CAUSE).with_parameter("grace_seconds", float(case.pod.spec.grace_seconds))
    if told or status.reason in _REASONS:
        text = f'the pod\'s status says {status.reason}: "{quote(status.message)}"'
        claim.observed(text, Weight.CONCLUSIVE, case.status_origin("message"))
    for event in notices[-1:]:
        claim.observed(f'the node was told "{quote(event.message)}"', Weight.STRONG)
    return claim.verdict(
        f"node {case.pod.spec.node_name or '(not read)'} was shut down, and the kubelet ended pod "
        f"{case.pod.key.name} before it"
    )
