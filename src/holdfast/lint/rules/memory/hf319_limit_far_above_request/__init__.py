"""Much more may be used than the scheduler counts.

What happens
------------
The node is filled by requests, and the limits together are a multiple of its memory. When several
pods use what they may, the node runs short.

Why it hurts
------------
The pod that is far above its request is evicted first.

How we know
-----------
Both numbers stand in the manifest.

What else it could be
---------------------
A short peak at the start.

Fix
---
A request of what it uses in ordinary times; a limit of at most twice as much.

When the fix is wrong
---------------------
On nodes that are mostly empty.

References
----------
docs/specs/rules.md HF319, docs/specs/kubelet.md Q35.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF319",
    "the memory limit is more than four times the request",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("E01", "D09"),
    audience=Audience.PLATFORM,
)


# rules.md HF319
_LARGEST_RATIO = 4


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A limit of more than four requests."""
    limit, request = container.limit_bytes(), container.request_bytes()
    if limit is not None and request and limit > _LARGEST_RATIO * request:
        yield container.problem(
            f"it may use {limit / request:.1f} times what the scheduler counts "
            f"({format_bytes(limit)} against {format_bytes(request)})",
            "resources",
            "limits",
            "memory",
            fix=Fix("a request of what it uses in ordinary times"),
        )
