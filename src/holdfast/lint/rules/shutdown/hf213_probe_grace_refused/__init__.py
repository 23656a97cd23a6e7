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

from holdfast.lint.pods import ContainerSubject
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


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A probe-level grace period that is refused."""
    for field, probe in container.probes:
        grace = probe.termination_grace_period_seconds
        if grace is None or (grace >= 1 and field != "readinessProbe"):
            continue
        why = "a readiness probe kills nothing" if grace else "it has to be at least 1"
        yield container.problem(
            f"the API refuses it: {why}", field, _FIELD, fix=Fix("leave the field out")
        )
