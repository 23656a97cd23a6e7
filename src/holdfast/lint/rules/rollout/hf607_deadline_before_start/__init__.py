"""progressDeadlineSeconds is shorter than a start may take.

What happens
------------
A start may take as long as its probe allows. When the deadline comes first, the rollout counts as
failed while the pod is still starting. A pod that becomes ready is progress: minReadySeconds begin
a time of their own, and the API refuses a deadline that is not longer.

Why it hurts
------------
Pipelines stop and roll back a version that is well.

How we know
-----------
The budget of the startupProbe (or the delay of readiness) and the deadline.

What else it could be
---------------------
Starts that are always much faster than their budget.

Fix
---
A deadline above the startup budget and the pull of the image together.

When the fix is wrong
---------------------
Where a start near its budget is a failure anyway.

References
----------
docs/specs/rules.md HF607, which adds minReadySeconds; kubernetes v1.30
pkg/controller/deployment/util/deployment_util.go, DeploymentProgressing.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF607",
    "the rollout is given up before a pod can be ready",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("F01", "F18"),
)
KINDS = frozenset({"Deployment"})


# apps/v1 defaults.go: progressDeadlineSeconds
_DEFAULT_SECONDS = 600


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """A deadline below the slowest start that probes allow."""
    given = pod.owner.get("spec", "progressDeadlineSeconds")
    deadline = given if isinstance(given, int) else _DEFAULT_SECONDS
    needed = max((_slowest(container) for container in pod.containers), default=0)
    if needed > deadline:
        yield pod.owner.problem(
            f"a start may take {needed} s; the rollout fails after {deadline} s, in which the "
            "image is pulled as well",
            "spec",
            "progressDeadlineSeconds",
            fix=Fix(
                f"progressDeadlineSeconds {needed * 2}",
                Safety.SAFE,
                {"spec": {"progressDeadlineSeconds": needed * 2}},
                of=pod.owner,
            ),
        )


def _slowest(container: ContainerSubject) -> int:
    probe = container.spec.startup_probe
    if probe is not None and container.is_probed:
        return probe.initial_delay + (probe.failures - 1) * probe.period + probe.timeout
    ready = container.spec.readiness_probe
    return ready.initial_delay if ready is not None and container.is_probed else 0
