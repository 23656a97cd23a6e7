"""An emptyDir in memory counts against the limits of the containers that write to it.

What happens
------------
What is written to it is memory of the container. Without sizeLimit it grows to the limit, and the
kernel kills the process.

Why it hurts
------------
A cache or a set of temporary files ends the container: OOMKilled with a small heap.

How we know
-----------
medium: Memory without sizeLimit, or with one of at least the memory limit of a container that
mounts it.

What else it could be
---------------------
A directory that only ever holds some kilobytes.

Fix
---
A sizeLimit that fits beside what the process needs, and a limit that holds both.

When the fix is wrong
---------------------
Where the containers have no limit: the node's memory is the bound then.

References
----------
docs/specs/rules.md HF315, docs/specs/kubelet.md 6.1.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import amount_of
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF315",
    "a volume in memory has no bound, or one beside which nothing fits",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("D07",),
)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Volumes in memory against the limits of the containers that mount them."""
    for index, volume in enumerate(pod.spec.volumes or ()):
        if volume.empty_dir is None or volume.empty_dir.medium != "Memory":
            continue
        size = amount_of(volume.empty_dir.size_limit)
        users = [
            container
            for container in pod.containers
            if any(mount.name == volume.name for mount in container.spec.volume_mounts or ())
        ]
        limits = [limit for c in users if (limit := c.limit_bytes()) is not None]
        where = ("volumes", index, "emptyDir")
        if size is None and limits:
            yield pod.problem(
                f"what is written to {volume.name} counts against a memory limit of "
                f"{format_bytes(min(limits))}, and nothing bounds it",
                *where,
                fix=Fix("a sizeLimit that fits beside what the process needs"),
            )
        elif size is not None and limits and size.bytes >= min(limits):
            yield pod.problem(
                f"sizeLimit {format_bytes(size.bytes)} of {volume.name} is as large as the memory "
                f"limit of {format_bytes(min(limits))} that it counts against",
                *where,
                "sizeLimit",
                fix=Fix("a smaller sizeLimit, or a memory limit that holds it and the process"),
            )
