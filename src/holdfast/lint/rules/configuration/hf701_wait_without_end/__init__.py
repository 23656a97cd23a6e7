"""A wait loop has no limit.

What happens
------------
When what it waits for never comes, the pod stays in Init for ever: no restart, no event, no exit
code.

Why it hurts
------------
A wrong host name looks like a pod that is still starting.

How we know
-----------
The loop's body has no counter, no timeout and no exit.

What else it could be
---------------------
A limit inside a script that the loop calls.

Fix
---
`timeout 300` around the loop, or holdfast wait with a budget: it fails with a reason, and the
kubelet tries again with back-off.

When the fix is wrong
---------------------
Where waiting for ever is wanted.

References
----------
docs/specs/rules.md HF701, docs/specs/causes.md F09.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.wait_loops import wait_loops
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF701",
    "an init container waits without an end",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F09", "C13"),
)


def check_init_container(container: ContainerSubject) -> Iterator[Problem]:
    """Loops of init containers that nothing ends."""
    for loop in wait_loops(container):
        if not loop.bounded:
            yield container.problem(
                f"it waits for {loop.target or 'something'} for ever: the pod stays in Init, and "
                "nothing says why",
                *loop.path,
                fix=Fix("timeout 300 around the loop, or holdfast wait -t 5m"),
            )
