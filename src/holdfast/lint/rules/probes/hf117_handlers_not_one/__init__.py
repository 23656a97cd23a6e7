"""The API wants exactly one of httpGet, tcpSocket, grpc and exec.

What happens
------------
The object is refused when it is applied.

Why it hurts
------------
The deploy fails.

How we know
-----------
The API's own rule.

What else it could be
---------------------
A patch that is merged with another file later.

Fix
---
Keep one.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF117, kubernetes v1.36 validation.go validateHandler.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject, Refused
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF117",
    "a probe has no handler, or more than one",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("B17",),
)


_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def check_refused(container: ContainerSubject, refused: Refused) -> Iterator[Problem]:
    """What the API says of the handlers of a probe."""
    if refused.path[0] in _PROBES and "handler type" in refused.problem:
        yield container.problem(
            f"the API refuses it: {refused.problem}", *refused.path, fix=Fix("keep one handler")
        )
