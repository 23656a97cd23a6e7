"""A field that must be there is missing.

What happens
------------
The API server refuses the object.

Why it hurts
------------
The deploy fails in its middle: what was applied before it runs, what comes after does not.

How we know
-----------
The schema of the chosen version of Kubernetes (`--schema`, extra `schema`); without it, fields of
pods that are null.

What else it could be
---------------------
A field that a patch, a webhook or the API's defaults add: the schema knows of none of them. Of a
resource of a kustomization it is likely only: commonLabels make the selector.

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

from holdfast.lint.documents import ObjectSubject, path_text
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Path, Problem
from holdfast.lint.refusals import Fault, Refusal
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.workload import POD_SPEC_PATHS

RULE = Rule(
    "HF730",
    "a field that the API wants is missing",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B17",),
)
_FIX = Fix("write the field")


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Fields of containers that are written and null, which is the same as not written."""
    if not pod.holds_null or pod.kind not in POD_SPEC_PATHS:
        return
    for container in pod.containers:
        for path in _needing(container):
            given = pod.owner.mapping(*pod.path, *container.path, *path)
            for field in _NEEDED["" if not path else str(path[0])]:
                if field in given and given[field] is None:
                    whole = path_text((*pod.path, *container.path, *path))
                    yield container.problem(f"{whole} needs {field}", *path, fix=_FIX)


# core/v1 validation.go: what a container and the items of its lists cannot be without.
_NEEDED = {
    "": ("name", "image"),
    "ports": ("containerPort",),
    "env": ("name",),
    "volumeMounts": ("name", "mountPath"),
}


def _needing(container: ContainerSubject) -> Iterator[Path]:
    """The container itself, and every item of its lists."""
    yield ()
    pod = container.pod
    for field in filter(None, _NEEDED):
        for index in range(len(pod.owner.items(*pod.path, *container.path, field))):
            yield (field, index)


def check_refusals(subject: ObjectSubject, refusals: Sequence[Refusal]) -> Iterator[Problem]:
    """Each field that the schema asks for."""
    for refusal in refusals:
        if refusal.fault is Fault.MISSING:
            sure = None if refusal.sure else Confidence.LIKELY
            yield subject.problem(refusal.found, *refusal.path, fix=_FIX, less_sure=sure)
