"""A workload in kube-system has no priorityClassName.

What happens
------------
Under pressure the scheduler and the kubelet give way to priority. Without a class the pod counts as
any other.

Why it hurts
------------
DNS or a node agent is evicted for an ordinary pod, and all others on the node fail with it.

How we know
-----------
The namespace, and no priorityClassName.

What else it could be
---------------------
A helper that nobody depends on.

Fix
---
system-node-critical for agents of nodes, system-cluster-critical for what the cluster needs; both
exist in every cluster. Another class must exist before it is named.

When the fix is wrong
---------------------
Where the workload is not critical.

References
----------
docs/specs/rules.md HF626, docs/specs/kubelet.md 6.6.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF626",
    "a pod of the system has no priority over others",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=(
        "E10",
        "E01",
    ),
    audience=Audience.PEDANTIC,
)
KINDS = frozenset({"Deployment", "DaemonSet"})


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Workloads of the system without a class."""
    if pod.namespace != "kube-system":
        return
    if not pod.owner.get(*pod.path, "priorityClassName"):
        known = "system-node-critical" if pod.kind == "DaemonSet" else "system-cluster-critical"
        yield pod.problem(
            "it is evicted and preempted like any other pod",
            "priorityClassName",
            fix=Fix(f"{known}, which every cluster has, where others depend on it"),
        )
