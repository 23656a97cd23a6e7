"""A Pod without an owner.

What happens
------------
A pod that is evicted, drained or lost with its node is gone: only its containers are restarted, by
the kubelet of that node.

Why it hurts
------------
A drain refuses to touch it without --force, and then deletes it for good.

How we know
-----------
The object's kind.

What else it could be
---------------------
A pod for one test.

Fix
---
A Deployment, or a Job for work that ends.

When the fix is wrong
---------------------
For tests.

References
----------
docs/specs/rules.md HF619, docs/specs/kubelet.md 2.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF619",
    "nobody brings this pod back",
    Severity.LOW,
    Confidence.CERTAIN,
    prevents=("E05", "E07"),
    audience=Audience.PEDANTIC,
)


# A Pod, and the kinds that a Deployment manages.
KINDS = frozenset({"Pod", "ReplicaSet", "ReplicationController"})


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """A Pod, or one of the kinds that a Deployment manages."""
    if not subject.metadata.get("ownerReferences"):
        what = "it is gone with its node" if subject.kind == "Pod" else "it has no rollouts"
        yield subject.problem(what, "kind", fix=Fix("a Deployment, or a Job for work that ends"))
