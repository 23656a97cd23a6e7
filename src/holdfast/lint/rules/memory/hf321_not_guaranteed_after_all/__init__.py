"""The program has equal requests and limits, and a container beside it has not.

What happens
------------
A pod is Guaranteed when every container, init containers included, has limits of CPU and memory
that equal its requests. One without makes the whole pod Burstable.

Why it hurts
------------
The pod has no exclusive CPUs where those are asked for, and a larger oom_score_adj: it goes before
those that are Guaranteed.

How we know
-----------
The numbers of all containers stand in the manifest.

What else it could be
---------------------
A pod whose class does not matter.

Fix
---
Limits that equal the requests for every container.

When the fix is wrong
---------------------
Where the equal numbers are a coincidence.

References
----------
docs/specs/rules.md HF321, docs/specs/kubelet.md Q31 and 7.1.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.sidecars import is_helper
from holdfast.model.container import ContainerKind
from holdfast.model.quantity import read_quantity
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF321",
    "one container without limits takes the Guaranteed class from the pod",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "E01",
        "E10",
    ),
    audience=Audience.PLATFORM,
)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Containers that are not Guaranteed beside a program that is."""
    if pod.spec.resources is not None:
        return
    programs = [c for c in pod.containers if c.kind is ContainerKind.APP and not is_helper(c)]
    if not programs or not all(_is_guaranteed(container) for container in programs):
        return
    for container in pod.containers:
        if not _is_guaranteed(container):
            yield container.problem(
                f"{programs[0].name} has equal requests and limits, and {container.name} makes the "
                "pod Burstable all the same",
                "resources",
                fix=Fix("limits of CPU and memory that equal its requests"),
            )


def _is_guaranteed(container: ContainerSubject) -> bool:
    for resource in ("cpu", "memory"):
        limit = read_quantity(container.spec.limit(resource))
        request = read_quantity(container.spec.request(resource))
        if limit is None or limit.amount <= 0 or (request or limit) != limit:
            return False
    return True
