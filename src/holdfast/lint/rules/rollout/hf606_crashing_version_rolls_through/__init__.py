"""A pod counts as available at once, so a rollout goes on before its faults show.

What happens
------------
minReadySeconds is 0: a pod that is ready for one moment counts, and the next old one is taken away.
A crash or a liveness kill that comes later finds nothing left of the version before.

Why it hurts
------------
A bad version is everywhere before anybody sees it.

How we know
-----------
minReadySeconds is not set on a Deployment whose pods have a liveness probe or no readiness probe.

What else it could be
---------------------
A version that fails at its start or never.

Fix
---
minReadySeconds of more than the first possible liveness kill; 10 to 30 s.

When the fix is wrong
---------------------
Where rollouts must be fast, and another check stops them.

References
----------
docs/specs/rules.md HF606, docs/specs/rules.md 11.11.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import earliest_kill
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF606",
    "a version that crashes after a minute replaces all pods of the one before",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=("F01",),
    audience=Audience.PEDANTIC,
)
KINDS = frozenset({"Deployment"})


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Deployments that do not wait."""
    if pod.owner.get("spec", "minReadySeconds"):
        return
    if pod.owner.get("spec", "strategy", "type") == "Recreate":
        return
    kills = [
        earliest_kill(container.spec.liveness_probe)
        for container in pod.containers
        if container.is_probed and container.spec.liveness_probe is not None
    ]
    first = f", and liveness kills from {min(kills)} s on" if kills else ""
    yield pod.owner.problem(
        f"a pod counts as available in the moment in which it is ready{first}",
        "spec",
        fix=Fix(f"minReadySeconds {max(10, min(kills) + 5) if kills else 10}"),
    )
