"""A field that must be there is missing.

What happens
------------
The API server refuses the object.

Why it hurts
------------
The deploy fails in its middle: what was applied before it runs, what comes after does not.

How we know
-----------
The schema of the chosen version of Kubernetes (`--schema`, extra `schema`).

What else it could be
---------------------
A field that a patch, a webhook or the API's defaults add: the schema knows of none of them.

Fix
---
Write the field.

When the fix is wrong
---------------------
Where another tool adds it before the object is applied.

References
----------
docs/specs/rules.md 7; kubernetes api/openapi-spec.
"""

from collections.abc import Iterator, Sequence

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.refusals import Fault, Refusal
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF730",
    "a field that the API wants is missing",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B17",),
)


def check_refusals(subject: ObjectSubject, refusals: Sequence[Refusal]) -> Iterator[Problem]:
    """Each field that the schema asks for."""
    for refusal in refusals:
        if refusal.fault is Fault.MISSING:
            yield subject.problem(refusal.found, *refusal.path, fix=Fix("write the field"))
