"""A StatefulSet replaces its pods in order, and goes on too early, or never begins.

What happens
------------
With OrderedReady each pod waits for the one before to be ready. Without a readinessProbe that is
the moment in which its process runs. With a partition of all replicas or more, a new version is
accepted and reaches no pod.

Why it hurts
------------
A rollout of a store restarts the next member while the last one still loads or joins: quorum and
data that is not yet copied are lost for that time. A rollout that never begins looks like one that
is done: kubectl rollout status waits for the pods beyond the partition only.

How we know
-----------
podManagementPolicy is not Parallel, there are two or more replicas, and no container has a
readinessProbe; or rollingUpdate.partition is not below the replicas.

What else it could be
---------------------
Members that need nobody else; a rollout in stages that was halted on purpose.

Fix
---
A readinessProbe that passes when the member has joined. A version that is never ready then stops
the rollout at its first pod, which must be deleted by hand after going back (kubernetes.io, Forced
rollback).

When the fix is wrong
---------------------
Where members join only when all of them run: then publishNotReadyAddresses on the headless Service
as well.

References
----------
docs/specs/rules.md HF617, docs/specs/causes.md F18; kubernetes.io StatefulSets.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF617",
    "an ordered rollout goes on too early, or never begins",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F18",),
    audience=Audience.PLATFORM,
)
KINDS = frozenset({"StatefulSet"})


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Ordered StatefulSets without readiness."""
    if pod.replicas < 2:
        return
    path = ("spec", "updateStrategy", "rollingUpdate", "partition")
    partition = pod.owner.get(*path)
    if isinstance(partition, int) and partition >= pod.replicas:
        yield pod.owner.problem(
            f"partition {partition} of {pod.replicas} replicas: no pod gets a new version until it "
            "is lowered or a pod beyond it is made",
            *path,
            fix=Fix("a partition below the replicas, 0 for all of them"),
        )
    if pod.owner.get("spec", "podManagementPolicy") == "Parallel":
        return
    ready = any(c.spec.readiness_probe is not None for c in pod.containers if c.is_probed)
    if not ready:
        yield pod.owner.problem(
            f"{pod.replicas} pods one after the other, and each counts as ready when its process "
            "runs",
            "spec",
            "podManagementPolicy",
            fix=Fix("a readinessProbe that passes when the member has joined"),
        )
