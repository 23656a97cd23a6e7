"""evictionHard names some thresholds, and the defaults of all others are gone.

What happens
------------
A written evictionHard takes the place of the whole default. A threshold that is not in it is none:
the kubelet evicts nobody for that resource.

Why it hurts
------------
A disk or the memory of a node runs full without an eviction; then the kernel kills, or the node
fails as a whole.

How we know
-----------
The keys of evictionHard in a KubeletConfiguration against the four that the default has, without
mergeDefaultEvictionSettings.

What else it could be
---------------------
A resource that cannot run short on these nodes.

Fix
---
All of memory.available, nodefs.available, nodefs.inodesFree and imagefs.available; or
mergeDefaultEvictionSettings: true.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/kubelet.md 6.4 and Q34.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF629",
    "the kubelet loses the thresholds of eviction that are not written",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=(
        "E16",
        "E02",
        "D09",
    ),
)
KINDS = frozenset({"KubeletConfiguration"})


# pkg/kubelet/apis/config/v1beta1/defaults_linux.go, DefaultEvictionHard
_DEFAULTS = ("memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available")


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """Thresholds of a KubeletConfiguration."""
    given = subject.mapping("evictionHard")
    missing = [name for name in _DEFAULTS if name not in given]
    if given and missing and subject.get("mergeDefaultEvictionSettings") is not True:
        yield subject.problem(
            f"there is no threshold for {', '.join(missing)} any more",
            "evictionHard",
            fix=Fix("all four thresholds, or mergeDefaultEvictionSettings: true"),
        )
