"""Soft thresholds are set, and evictionMaxPodGracePeriod is not.

What happens
------------
Without evictionMaxPodGracePeriod the grace period of a soft eviction is 0, which the kubelet takes
for 1 s.

Why it hurts
------------
A pod that is evicted softly has as little time to stop as with a hard threshold, although the node
had minutes left.

How we know
-----------
evictionSoft in a KubeletConfiguration, without the other field.

What else it could be
---------------------
Pods that have nothing to finish.

Fix
---
evictionMaxPodGracePeriod of what most pods need, such as 60 s.

When the fix is wrong
---------------------
Where memory runs out within seconds.

References
----------
docs/specs/kubelet.md 6.4 and Q33.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF630",
    "a soft eviction gives pods one second to stop",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "E01",
        "G04",
    ),
)
KINDS = frozenset({"KubeletConfiguration"})


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """Soft thresholds without a grace period."""
    if not subject.mapping("evictionSoft"):
        return
    if not subject.get("evictionMaxPodGracePeriod"):
        yield subject.problem(
            "a pod that is evicted softly gets 1 s to stop, whatever its own grace period",
            "evictionSoft",
            fix=Fix("evictionMaxPodGracePeriod 60"),
        )
