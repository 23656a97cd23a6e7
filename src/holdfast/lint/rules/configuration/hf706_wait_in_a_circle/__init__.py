"""The init containers of two or more workloads wait in a circle.

What happens
------------
Each pod of the circle stays in Init until another one of it is ready, which never happens when all
of them start from nothing.

Why it hurts
------------
It works for as long as one of them runs. After an outage of the cluster, or in a new environment,
nothing comes up.

How we know
-----------
The hosts that init containers wait for, the Services of these names, and the pods that they select,
as far as they were read.

What else it could be
---------------------
A wait that gives up, and a program that goes on without.

Fix
---
One of the waits less: a program that starts, is not ready, and tries again by itself.

When the fix is wrong
---------------------
Where the wait is for another port that is served before the start is complete.

References
----------
docs/specs/rules.md HF706, docs/specs/causes.md F09 and C13.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.waits import circle_of
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF706",
    "workloads wait for each other before they start",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=(
        "F09",
        "C13",
    ),
)


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """Circles of waits in which no work ends."""
    circle = circle_of(pod, world)
    if circle is not None and all(one.runs_forever for one in circle.pods):
        yield circle.wait.container.problem(
            f"{circle}: none of them ever starts first",
            *circle.wait.path,
            fix=Fix("one wait less: start, be unready, and try again"),
        )
