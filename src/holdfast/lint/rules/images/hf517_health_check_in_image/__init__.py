"""The image has a HEALTHCHECK, which Kubernetes does not run.

What happens
------------
HEALTHCHECK is for Docker. The kubelet ignores it and runs the probes of the manifest only.

Why it hurts
------------
A process that hangs is never restarted, while the image looks as if it were.

How we know
-----------
Healthcheck in the configuration of the image, and a container of it without livenessProbe.

What else it could be
---------------------
An image that also runs under Docker.

Fix
---
The same check as a probe of the manifest.

When the fix is wrong
---------------------
Where the check asks a dependency: then as readinessProbe at most.

References
----------
docs/specs/rules.md HF517.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF517",
    "Kubernetes does not run the HEALTHCHECK of the image",
    Severity.INFO,
    Confidence.CERTAIN,
    prevents=("C07",),
)


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """A HEALTHCHECK, where no probe does its work."""
    container = image.container
    if not image.image.config.has_health_check:
        return
    if container is not None and (not container.serves or container.spec.liveness_probe):
        return
    yield image.problem(
        "the kubelet ignores it, and runs the probes of the manifest only",
        fix=Fix("the same check as a livenessProbe of the container"),
    )
