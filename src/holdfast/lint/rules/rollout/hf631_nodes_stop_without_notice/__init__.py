"""Graceful node shutdown is off: the kubelet configuration gives it no time.

What happens
------------
shutdownGracePeriod is 0 by default. When the machine shuts down, systemd stops the runtime, and
with it all containers, without preStop hooks and grace periods.

Why it hurts
------------
Every planned restart of a node outside of a drain is a crash for its pods.

How we know
-----------
A KubeletConfiguration without shutdownGracePeriod and without shutdownGracePeriodByPodPriority.

What else it could be
---------------------
Nodes that are only ever drained, or a machine without systemd.

Fix
---
shutdownGracePeriod of the longest grace period that counts, and shutdownGracePeriodCriticalPods
within it.

When the fix is wrong
---------------------
Where machines must be off within seconds.

References
----------
docs/specs/kubelet.md 6.5 and Q36.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF631",
    "a node that is shut down takes its pods with it at once",
    Severity.LOW,
    Confidence.CERTAIN,
    prevents=(
        "E08",
        "E05",
    ),
    audience=Audience.PLATFORM,
)
KINDS = frozenset({"KubeletConfiguration"})


_ZERO = (None, "0", "0s", 0)


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """A KubeletConfiguration without time for the shutdown."""
    if subject.items("shutdownGracePeriodByPodPriority"):
        return
    if subject.get("shutdownGracePeriod") in _ZERO:
        yield subject.problem(
            "a shutdown of the machine ends all containers without hooks and grace periods",
            "shutdownGracePeriod",
            fix=Fix("shutdownGracePeriod 60s and shutdownGracePeriodCriticalPods 10s"),
        )
