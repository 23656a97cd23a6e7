"""Nobody restarts the container when its process hangs.

What happens
------------
A process that stands still without ending stays so until a person ends it.

Why it hurts
------------
A deadlock takes one replica away for as long as nobody looks.

How we know
-----------
No livenessProbe on a container that is meant to run for ever.

What else it could be
---------------------
Most services are better without one: a process that cannot go on should end by itself, and a
livenessProbe that fails under load does more harm than a hang.

Fix
---
A livenessProbe of an endpoint that answers as long as the process can answer, and asks no
dependency; with a startupProbe before it.

When the fix is wrong
---------------------
Where the process ends by itself when it cannot go on.

References
----------
docs/specs/rules.md HF102, docs/specs/causes.md C07.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF102",
    "no livenessProbe",
    Severity.INFO,
    Confidence.LIKELY,
    prevents=("C07",),
    audience=Audience.PEDANTIC,
)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A container that runs for ever, without liveness."""
    if container.serves and container.spec.liveness_probe is None and container.spec.ports:
        yield container.problem(
            "a process that hangs stays as it is until somebody looks",
            fix=Fix("where the process does not end by itself: a path that asks the process alone"),
        )
