"""The object's apiVersion was removed.

What happens
------------
The API server answers that it knows no such kind.

Why it hurts
------------
The deploy fails after an upgrade of the cluster.

How we know
-----------
The version and kind against the list of removals.

What else it could be
---------------------
Clusters older than the removal.

Fix
---
The version that replaced it.

When the fix is wrong
---------------------
Where only older clusters are served.

References
----------
docs/specs/rules.md HF729, Kubernetes deprecated API migration guide, 1.16 to 1.32.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF729",
    "an API version that newer clusters do not serve",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B17",),
)


# (kind, version) to (the first version without it, what replaced it).
_REMOVED = {
    **{
        (kind, version): ("1.16", "apps/v1")
        for kind in ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet")
        for version in ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2")
    },
    ("Ingress", "extensions/v1beta1"): ("1.22", "networking.k8s.io/v1"),
    ("Ingress", "networking.k8s.io/v1beta1"): ("1.22", "networking.k8s.io/v1"),
    ("CustomResourceDefinition", "apiextensions.k8s.io/v1beta1"): (
        "1.22",
        "apiextensions.k8s.io/v1",
    ),
    ("CronJob", "batch/v1beta1"): ("1.25", "batch/v1"),
    ("PodDisruptionBudget", "policy/v1beta1"): ("1.25", "policy/v1"),
    ("PodSecurityPolicy", "policy/v1beta1"): ("1.25", ""),
    ("HorizontalPodAutoscaler", "autoscaling/v2beta1"): ("1.25", "autoscaling/v2"),
    ("HorizontalPodAutoscaler", "autoscaling/v2beta2"): ("1.26", "autoscaling/v2"),
    ("FlowSchema", "flowcontrol.apiserver.k8s.io/v1beta2"): (
        "1.29",
        "flowcontrol.apiserver.k8s.io/v1",
    ),
}


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """Kinds at a version that is gone."""
    removed = _REMOVED.get((subject.kind, subject.api_version))
    if removed is not None:
        version, successor = removed
        yield subject.problem(
            f"{subject.api_version} of {subject.kind} is not served since Kubernetes {version}",
            "apiVersion",
            fix=Fix(f"{successor}, whose fields differ in places" if successor else "none is left"),
        )
