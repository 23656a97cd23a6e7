"""A field holds a value of another type than the API wants.

What happens
------------
`value: 8080` is a number and `value: yes` a boolean after YAML is decoded; the API wants text and
refuses the whole object.

Why it hurts
------------
The deploy fails, and with it everything in the same file.

How we know
-----------
The decoder's rules: y, yes, on, 8080 and 1e3 are not text.

What else it could be
---------------------
Nothing.

Fix
---
Quotes around the value.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF712, docs/specs/rules.md 5.1; sigs.k8s.io/yaml.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF712",
    "a value whose type the API refuses",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B17",),
)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Every field of the pod spec with a value of the wrong type."""
    for fault in pod.faults:
        given = pod.owner.get(*pod.path, *fault.path)
        fix = Fix("a value of the type that the API wants")
        if "expected `str" in fault.found.lower() and isinstance(given, bool | int | float):
            fix = Fix("quotes around the value")
        yield pod.problem(f"{fault.found} ({given!r})", *fault.path, fix=fix)
