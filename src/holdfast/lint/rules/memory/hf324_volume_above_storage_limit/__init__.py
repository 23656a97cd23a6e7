"""The sizeLimit of an emptyDir is above the ephemeral-storage limits of the containers together.

What happens
------------
An emptyDir on disk counts against the ephemeral-storage limits of the pod. The kubelet evicts the
pod when logs, writable layers and volumes together are above their sum.

Why it hurts
------------
The pod is evicted long before the volume has the size that it is allowed to have.

How we know
-----------
Both numbers stand in the manifest.

What else it could be
---------------------
A volume that never grows so far.

Fix
---
A sizeLimit that fits below the limit, with room for logs; or a larger limit.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF324, docs/specs/kubelet.md 6.4, docs/specs/causes.md E03.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import amount_of
from holdfast.model.container import ContainerKind
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF324",
    "a volume may grow beyond the storage limit of its pod",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("E03",),
)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Volumes on disk against the sum of the containers' limits."""
    if not any(volume.empty_dir is not None for volume in pod.spec.volumes or ()):
        return
    limits = [
        limit
        for container in pod.containers
        if container.kind is not ContainerKind.INIT
        and (limit := container.limit_bytes("ephemeral-storage")) is not None
    ]
    if not limits:
        return
    for index, volume in enumerate(pod.spec.volumes or ()):
        if volume.empty_dir is None or volume.empty_dir.medium == "Memory":
            continue
        size = amount_of(volume.empty_dir.size_limit)
        if size is not None and size.bytes > sum(limits):
            yield pod.problem(
                f"{volume.name} may grow to {format_bytes(size.bytes)}, and the pod is evicted at "
                f"{format_bytes(sum(limits))} of ephemeral-storage",
                "volumes",
                index,
                "emptyDir",
                "sizeLimit",
                fix=Fix("a smaller sizeLimit, or a larger ephemeral-storage limit"),
            )
