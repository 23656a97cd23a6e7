"""The API refuses a request that is above the limit of the same resource.

What happens
------------
The object is refused when it is applied.

Why it hurts
------------
The deploy fails.

How we know
-----------
Both numbers stand in the manifest.

What else it could be
---------------------
Nothing.

Fix
---
Swap them, or raise the limit.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF303, kubernetes v1.36 validation.go ValidateResourceRequirements.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import amount_of
from holdfast.model.container import Resources
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF303",
    "a request is above its limit",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B17",),
)


def check_resources(container: ContainerSubject, resources: Resources) -> Iterator[Problem]:
    """Any resource whose request exceeds its limit: the API's own answer does not say which."""
    for name, request in (resources.requests or {}).items():
        limit = (resources.limits or {}).get(name)
        asked, allowed = amount_of(request), amount_of(limit)
        if asked is not None and allowed is not None and asked > allowed:
            yield container.problem(
                f"the request of {request} {name} is above the limit of {limit}",
                "resources",
                "requests",
                name,
                fix=Fix(
                    f"limit {request}",
                    Safety.REVIEW,
                    {"resources": {"limits": {name: request}}},
                ),
            )
