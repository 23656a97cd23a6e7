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
The decoder's rules: y, yes, on, 8080 and 1e3 are not text, and null is no value. In pods of custom
resources it is likely: their definitions may allow more. With `--schema`, fields outside of pods
as well.

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

from collections.abc import Iterator, Sequence

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import PodSubject, pods_of
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.refusals import Fault, Refusal
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.workload import POD_SPEC_PATHS

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
        # A definition of a custom resource may allow what the API does not.
        sure = None if pod.kind in POD_SPEC_PATHS else Confidence.LIKELY
        message = f"{fault.found} ({given!r})"
        yield pod.problem(message, *fault.path, fix=fix, less_sure=sure)


def check_refusals(subject: ObjectSubject, refusals: Sequence[Refusal]) -> Iterator[Problem]:
    """Every other field of the object, as the schema has it."""
    told = {(*pod.path, *fault.path) for pod in pods_of(subject) for fault in pod.faults}
    for refusal in refusals:
        if refusal.fault is Fault.TYPE and refusal.path not in told:
            given = subject.get(*refusal.path)
            yield subject.problem(
                f"{refusal.found} ({given!r})",
                *refusal.path,
                fix=Fix("a value of the type that the API wants"),
            )
