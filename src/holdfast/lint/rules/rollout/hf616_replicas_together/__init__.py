"""Several replicas, and no topology spread and no anti-affinity.

What happens
------------
All replicas may lie on one node; the scheduler's default spread is weak.

Why it hurts
------------
The end of one node is an outage in spite of the replicas.

How we know
-----------
The fields are missing.

What else it could be
---------------------
Cluster-wide default constraints.

Fix
---
topologySpreadConstraints by kubernetes.io/hostname.

When the fix is wrong
---------------------
On a single node.

References
----------
docs/specs/rules.md HF616, kubernetes v1.36 pkg/scheduler/framework/plugins/podtopologyspread.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF616",
    "nothing spreads the replicas over nodes",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("E05", "E07"),
    audience=Audience.PLATFORM,
)
KINDS = frozenset({"Deployment"})


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Two or more replicas without any spread."""
    spec = pod.written
    spread = spec.get("topologySpreadConstraints") or (spec.get("affinity") or {}).get(
        "podAntiAffinity"
    )
    if pod.replicas >= 2 and not spread:
        yield pod.problem(
            f"{pod.replicas} replicas may lie on one node",
            "topologySpreadConstraints",
            fix=Fix("topologySpreadConstraints with maxSkew 1 over kubernetes.io/hostname"),
        )
