"""A container asks for no CPU time.

What happens
------------
On a busy node it gets next to nothing: the share of CPU time follows the request.

Why it hurts
------------
Probes time out and starts take minutes, just when the node is full.

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
For work that may wait.

References
----------
docs/specs/rules.md HF401, docs/specs/kubelet.md 7.3.
"""

from collections.abc import Iterator

from holdfast.lint.limit_ranges import asks_for_nothing
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF401",
    "no CPU request",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("C05",),
    audience=Audience.PLATFORM,
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """No request, and nothing in its place."""
    if asks_for_nothing(container, "cpu", world):
        yield container.problem(
            "on a busy node it gets hardly any CPU time",
            "resources",
            fix=Fix("a request of what it uses in ordinary times"),
        )
