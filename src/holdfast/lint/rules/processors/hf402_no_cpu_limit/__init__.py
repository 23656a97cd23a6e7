"""The container may use all CPU time of its node that nobody else asks for.

What happens
------------
CPU time beyond the requests is shared in proportion to them. A container without a limit takes what
is free.

Why it hurts
------------
A busy neighbour is felt where requests are too small. With a limit, the container itself stands
still for most of each 100 ms once the limit is used up: many teams leave limits out for that
reason.

How we know
-----------
No limit in the manifest.

What else it could be
---------------------
A cluster whose policy is to have none.

Fix
---
A request that says what it needs in ordinary times. A limit only where neighbours must be
protected, or billing asks for it.

When the fix is wrong
---------------------
In most clusters: a CPU limit throttles, and probes fail under throttling (HF403).

References
----------
docs/specs/rules.md HF402, docs/specs/rules.md 11.11; docs/specs/tuning.md 4.5.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF402",
    "no CPU limit",
    Severity.INFO,
    Confidence.LIKELY,
    prevents=("C12",),
    audience=Audience.PEDANTIC,
)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A container that runs for ever, without a limit."""
    if container.serves and container.spec.limit("cpu") is None:
        yield container.problem(
            "nothing bounds its CPU time but the requests of its neighbours",
            "resources",
            fix=Fix("a request that fits; a limit where neighbours must be protected"),
        )
