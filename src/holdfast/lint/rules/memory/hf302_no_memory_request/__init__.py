"""A container has neither a memory request nor a limit that stands for one.

What happens
------------
The scheduler counts the pod as using nothing and puts it on a full node; under pressure it is
evicted first.

Why it hurts
------------
It works until the node is busy.

How we know
-----------
The fields are missing; a limit alone would stand for the request, and so would resources of the
whole pod and a LimitRange of the set.

What else it could be
---------------------
A LimitRange that sets a default and was not read.

Fix
---
A request of what it uses in ordinary times.

When the fix is wrong
---------------------
For pods that may go at any time.

References
----------
docs/specs/rules.md HF302, docs/specs/kubelet.md 7.1.
"""

from collections.abc import Iterator

from holdfast.lint.limit_ranges import asks_for_nothing
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF302",
    "no memory request",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("E01", "E10"),
    audience=Audience.PLATFORM,
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """No request, and nothing in its place."""
    if asks_for_nothing(container, "memory", world):
        yield container.problem(
            "the scheduler counts 0 for it, and it is among the first to be evicted",
            "resources",
            fix=Fix("a request of what it uses in ordinary times"),
        )
