"""The API refuses any other successThreshold than 1 here.

What happens
------------
The object is refused when it is applied.

Why it hurts
------------
The deploy fails, or a controller keeps trying and no pod comes.

How we know
-----------
The API's own rule.

What else it could be
---------------------
Nothing.

Fix
---
1, or leave the field out.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF116, kubernetes v1.36 pkg/apis/core/validation/validation.go
validateLivenessProbe.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF116",
    "successThreshold of liveness and startup must be 1",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("B17",),
)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """successThreshold above 1 where only 1 is allowed."""
    for field, probe in container.probes:
        if field != "readinessProbe" and probe.successes != 1:
            yield container.problem(
                f"successThreshold {probe.successes}: the API accepts 1 only",
                field,
                "successThreshold",
                fix=Fix("successThreshold 1", Safety.SAFE, {field: {"successThreshold": 1}}),
            )
