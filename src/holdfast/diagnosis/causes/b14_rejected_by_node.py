"""The kubelet rejected the pod that was assigned to its node.

What happens
------------
The kubelet checks again what the scheduler decided: room, devices, labels, shutdown. It refuses the
pod, which then stays Failed for good; its controller makes another one.

Why it hurts
------------
Refused pods pile up, sometimes hundreds, when the scheduler and the node disagree for long.

How we know
-----------
The pod is Failed with a reason such as OutOfcpu or UnexpectedAdmissionError and "Pod was rejected",
and no container ever ran.

What else it could be
---------------------
A pod that ran and was ended as a whole is group E (evicted, preempted, node shut down).

Fix
---
Nothing for the refused pod itself: delete it. Correct what the node and the scheduler see
differently: static pods, a second scheduler, `nodeName` set by hand, a device plugin that restarts.

When the fix is wrong
---------------------
A few refusals after a node restart are normal: devices report late, and the next pod is accepted.

References
----------
docs/specs/causes.md 8 (B14), docs/specs/kubelet.md 6.5 and 6.6.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.pod import Pod
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B14",
    title="its node rejected the pod",
    lookalikes=("E01", "E08", "E10", "S01"),
)

# kubernetes pkg/kubelet/lifecycle/predicate.go and handlers.go, cm/admission, nodeshutdown.
_REASONS = frozenset(
    {
        "UnexpectedAdmissionError",
        "NodeAffinity",
        "NodeShutdown",
        "NodePorts",
        "NodeName",
        "InvalidNodeInfo",
        "TopologyAffinityError",
        "ResourceAllocationError",
        "PodOSSelectorNodeLabelDoesNotMatch",
        "PodOSNotSupported",
        "SupplementalGroupsPolicyNotSupported",
        "PodLevelResourcesNotSupported",
        "InitContainerRestartPolicyForbidden",
    }
)
_PREFIX = "Pod was rejected"
_OUT_OF = "OutOf"


def judge(case: Case) -> Verdict | None:
    """A Failed pod whose status says that the node did not admit it."""
    status = case.pod.status
    if status.phase != "Failed" or status.reason == "Evicted" or not speaks_for_pod(case):
        return None
    known = status.reason in _REASONS or status.reason.startswith(_OUT_OF)
    if not known and not status.message.startswith(_PREFIX):
        return None
    said = f': "{quote(status.message)}"' if status.message else ""
    claim = Claim(CAUSE).observed(
        f"the pod is Failed with reason {status.reason or '(none)'}{said}",
        Weight.CONCLUSIVE,
        case.status_origin("reason"),
    )
    if _ran(case.pod):
        text = "a container of the pod ran, so the pod was admitted once"
        claim.against(text, Weight.CONCLUSIVE, case.status_origin("containerStatuses"))
    else:
        text = "no container of the pod ever ran"
        claim.observed(text, Weight.MODERATE, case.status_origin("containerStatuses"))
    node = case.pod.spec.node_name or "(not read)"
    claim.with_parameter("reason", status.reason)
    return claim.verdict(
        f"node {node} rejected pod {case.pod.key.name}: {_why(status.reason, status.message)}"
    )


def _ran(pod: Pod) -> bool:
    for member in pod.members():
        if member.status is None:
            continue
        for state in (member.status.state, member.status.last_state):
            if state.running is not None:
                return True
            if state.terminated is not None and state.terminated.started is not None:
                return True
    return False


def _why(reason: str, message: str) -> str:
    if reason.startswith(_OUT_OF):
        return f"it has not enough {reason.removeprefix(_OUT_OF)} left ({reason})"
    return quote(message) if message else reason
