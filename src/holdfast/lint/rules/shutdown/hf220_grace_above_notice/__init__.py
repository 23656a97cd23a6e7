"""The pod may run on nodes that are taken away sooner than it stops.

What happens
------------
A spot node is taken back after a notice of 2 minutes (AWS) or 30 s (Google Cloud, Azure). The grace
period of the pod ends with its node, and not before.

Why it hurts
------------
A stop that is planned to take longer is cut off without SIGKILL, log or status: transactions and
buffers are lost.

How we know
-----------
A node selector, a node affinity or a toleration of a spot class, and a
terminationGracePeriodSeconds that is written and longer than the notice.

What else it could be
---------------------
A toleration that is there for other nodes as well, where the pod never meets a spot node.

Fix
---
A grace period within the notice, and work that can begin where it was.

When the fix is wrong
---------------------
Where all of the pod's work can be repeated.

References
----------
docs/specs/rules.md HF220, docs/specs/causes.md E08; AWS Spot interruption notices, GKE Spot VMs,
AKS spot node pools.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF220",
    "a spot node gives less notice than the grace period asks for",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "E08",
        "G04",
    ),
)


# Label or taint -> (who, seconds of notice).
_AWS, _GOOGLE, _AZURE = ("AWS", 120), ("Google Cloud", 30), ("Azure", 30)
_SPOT = {
    ("karpenter.sh/capacity-type", "spot"): _AWS,
    ("eks.amazonaws.com/capacityType", "SPOT"): _AWS,
    ("node.kubernetes.io/lifecycle", "spot"): _AWS,
    ("cloud.google.com/gke-spot", "true"): _GOOGLE,
    ("cloud.google.com/gke-preemptible", "true"): _GOOGLE,
    ("cloud.google.com/gke-provisioning", "spot"): _GOOGLE,
    ("kubernetes.azure.com/scalesetpriority", "spot"): _AZURE,
}

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """A written grace period above the notice of the nodes that the pod accepts."""
    grace = pod.spec.termination_grace_period_seconds
    if grace is None:
        return
    found = [_SPOT[label] for label in _labels(pod) if label in _SPOT]
    if not found:
        return
    cloud, notice = min(found, key=lambda one: one[1])
    if grace > notice:
        yield pod.problem(
            f"a stop may take {grace} s, and a spot node of {cloud} is gone after {notice} s",
            "terminationGracePeriodSeconds",
            fix=Fix(f"at most {notice} s, and work that can begin where it was"),
        )


def _labels(pod: PodSubject) -> Iterator[tuple[str, str]]:
    """The labels and taints of nodes that the pod asks for or tolerates."""
    yield from (pod.spec.node_selector or {}).items()
    for toleration in pod.spec.tolerations or ():
        yield toleration.key, toleration.value
    terms = (*pod.path, "affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms")
    for term in range(len(pod.owner.items(*terms))):
        expressions = (*terms, term, "matchExpressions")
        for index in range(len(pod.owner.items(*expressions))):
            if pod.owner.get(*expressions, index, "operator") == "In":
                for value in pod.owner.items(*expressions, index, "values"):
                    yield str(pod.owner.get(*expressions, index, "key")), str(value)
