"""A container has no memory limit.

What happens
------------
The container may use all memory of its node. When the node runs short, the kubelet evicts pods, and
those above their requests go first.

Why it hurts
------------
One leak takes its neighbours down, and nobody's own limit tells whose it was.

How we know
-----------
The field is missing.

What else it could be
---------------------
A LimitRange of the namespace that sets a default; it is looked for in what was read.

Fix
---
A limit from a measurement: `holdfast rehearse --write-workload`.

When the fix is wrong
---------------------
Where a node runs this pod alone.

References
----------
docs/specs/rules.md HF301, docs/specs/kubelet.md 6.1.
"""

from collections.abc import Iterator

from holdfast.lint.limit_ranges import default_limit
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF301",
    "no memory limit",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("E01", "D09"),
    audience=Audience.PLATFORM,
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """No limit in the manifest, and none by a LimitRange of the set."""
    if container.spec.limit("memory") is not None or container.pod.spec.resources is not None:
        return
    if default_limit(container.pod, "memory", world) is not None:
        return
    yield container.problem(
        "it may use all memory of its node",
        "resources",
        fix=Fix("a limit from a measurement, and a request near it"),
    )
