"""A loop tries again without a sleep.

What happens
------------
It uses a whole processor and sends as many connections as it can.

Why it hurts
------------
All pods of a rollout do so at the same time, to a dependency that is just starting.

How we know
-----------
The loop has no sleep, or sleep 0.

What else it could be
---------------------
A command that waits by itself.

Fix
---
sleep 2 in the loop.

When the fix is wrong
---------------------
Where the command waits.

References
----------
docs/specs/rules.md HF703, docs/specs/service.md 11.
"""

import re
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.wait_loops import wait_loops
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF703",
    "a wait loop does not pause",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=("F09",),
    audience=Audience.PEDANTIC,
)


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Loops without a pause."""
    for loop in wait_loops(container):
        if not re.search(r"sleep\s+(?!0(?:\s|;|$))", loop.text):
            yield container.problem(
                "it tries again at once, with all the CPU time there is",
                *loop.path,
                fix=Fix("sleep 2 in the loop"),
            )
