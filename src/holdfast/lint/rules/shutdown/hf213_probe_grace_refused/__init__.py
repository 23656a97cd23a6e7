"""terminationGracePeriodSeconds of a probe is 0, or stands at a readiness probe.

What happens
------------
The object is refused when it is applied.

Why it hurts
------------
The deploy fails.

How we know
-----------
The API's own rule: at least 1, and not for readiness, which never kills.

What else it could be
---------------------
Nothing.

Fix
---
At least 1 at a liveness or startup probe; nothing at a readiness probe.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF213, kubernetes v1.36 validation.go validateReadinessProbe.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject, Refused
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF213",
    "a probe's terminationGracePeriodSeconds that the API refuses",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B17",),
)


_FIELD = "terminationGracePeriodSeconds"


def check_refused(container: ContainerSubject, refused: Refused) -> Iterator[Problem]:
    """What the API says of grace periods of probes."""
    if refused.path[-1:] == (_FIELD,):
        yield container.problem(
            f"the API refuses it: {refused.problem}",
            *refused.path,
            fix=Fix("leave the field out"),
        )
