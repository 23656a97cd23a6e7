"""spec.selector and the labels of the template differ.

What happens
------------
The API refuses the object.

Why it hurts
------------
The deploy fails.

How we know
-----------
Both stand in the manifest.

What else it could be
---------------------
Nothing.

Fix
---
The same labels in both places.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF620, kubernetes v1.36 pkg/apis/apps/validation ValidateDeploymentSpec.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import matches
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF620",
    "the selector does not match the labels of its own template",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("B17",),
)


KINDS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """A selector that its own pods do not meet."""
    selector = pod.owner.mapping("spec", "selector")
    if selector and not matches(selector, pod.labels):
        yield pod.owner.problem(
            f"the template's labels are {dict(pod.labels)}: the API refuses the object",
            "spec",
            "selector",
            fix=Fix("the same labels in selector and template"),
        )
