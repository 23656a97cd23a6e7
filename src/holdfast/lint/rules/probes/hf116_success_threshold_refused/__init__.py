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

from holdfast.lint.pods import ContainerSubject, Refused
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


def check_refused(container: ContainerSubject, refused: Refused) -> Iterator[Problem]:
    """What the API says of successThreshold."""
    if refused.path[-1:] == ("successThreshold",):
        field = str(refused.path[0])
        yield container.problem(
            f"the API refuses it: {refused.problem}",
            *refused.path,
            fix=Fix("successThreshold 1", Safety.SAFE, {field: {"successThreshold": 1}}),
        )
