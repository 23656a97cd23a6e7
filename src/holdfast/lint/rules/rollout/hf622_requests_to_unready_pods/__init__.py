"""publishNotReadyAddresses is true on a Service with an address of its own.

What happens
------------
Endpoints are there before a pod is ready and after it has begun to stop. Clients that use the
address of the Service get such pods as well as others.

Why it hurts
------------
Requests fail during each start and each stop, as if there were no readinessProbe.

How we know
-----------
The field of the Service. Headless ones, and those that select one pod of a StatefulSet by its name,
by which the members of a cluster find each other, are left alone.

What else it could be
---------------------
A Service that only members of a cluster use.

Fix
---
publishNotReadyAddresses: false; a second, headless Service for the members.

When the fix is wrong
---------------------
Where clients try the next address by themselves.

References
----------
docs/specs/rules.md HF622, docs/specs/kubelet.md 5.5.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF622",
    "a Service sends requests to pods that are not ready",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "G08",
        "S04",
    ),
)
KINDS = frozenset({"Service"})


_ONE_POD = "statefulset.kubernetes.io/pod-name"


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """A Service with an address, that does not ask for readiness."""
    if subject.get("spec", "clusterIP") == "None":
        return
    if _ONE_POD in subject.mapping("spec", "selector"):
        return
    if subject.get("spec", "publishNotReadyAddresses") is True:
        yield subject.problem(
            "it sends requests to pods that start, that fail their readiness and that stop",
            "spec",
            "publishNotReadyAddresses",
            fix=Fix(
                "publishNotReadyAddresses: false",
                Safety.REVIEW,
                {"spec": {"publishNotReadyAddresses": False}},
            ),
        )
