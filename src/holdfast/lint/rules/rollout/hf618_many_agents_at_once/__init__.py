"""maxUnavailable of a DaemonSet that nodes depend on is more than 30 %.

What happens
------------
The pods of a network plugin, a storage driver or a DNS cache are replaced on so many nodes at the
same time. While one is away, its node cannot start pods, attach volumes or resolve names.

Why it hurts
------------
A bad version breaks a third of the cluster in its first step.

How we know
-----------
The percentage in the manifest, of a DaemonSet in kube-system or with the priority of a critical
node agent.

What else it could be
---------------------
A cluster of a few nodes.

Fix
---
maxUnavailable: 10 %.

When the fix is wrong
---------------------
Where the agent's absence is not felt.

References
----------
docs/specs/rules.md HF618, docs/specs/causes.md F18.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.int_or_percent import share_of
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF618",
    "a rollout takes an agent away from many nodes at once",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "F18",
        "E06",
    ),
)
KINDS = frozenset({"DaemonSet"})


# rules.md HF618
_HIGHEST_PERCENT = 30
_CRITICAL = ("system-node-critical", "system-cluster-critical")


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """A percentage of the nodes."""
    path = ("spec", "updateStrategy", "rollingUpdate", "maxUnavailable")
    given = pod.owner.get(*path)
    critical = pod.owner.get(*pod.path, "priorityClassName") in _CRITICAL
    if not critical and pod.namespace != "kube-system":
        return
    share = share_of(given, 100, up=False) if isinstance(given, str) else None
    if share is not None and share > _HIGHEST_PERCENT:
        yield pod.owner.problem(
            f"{given} of all nodes are without it at the same time",
            *path,
            fix=Fix(
                "maxUnavailable 10%",
                Safety.REVIEW,
                {"spec": {"updateStrategy": {"rollingUpdate": {"maxUnavailable": "10%"}}}},
            ),
        )
