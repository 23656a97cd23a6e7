"""A Deployment with a ReadWriteOnce claim starts the new pod before the old one ends.

What happens
------------
The new pod comes onto another node and cannot attach the volume while the old pod runs; the old pod
is not stopped before the new one is ready.

Why it hurts
------------
The rollout stands still: FailedAttachVolume, Multi-Attach error.

How we know
-----------
The claim's access mode in the set, the strategy, and a surge of at least 1.

What else it could be
---------------------
Pods that always come onto the same node.

Fix
---
strategy Recreate, a StatefulSet, or ReadWriteMany.

When the fix is wrong
---------------------
Where one node is all there is.

References
----------
docs/specs/rules.md HF609, docs/specs/causes.md B07.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF609",
    "a rolling update waits for a volume that the old pod holds",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("B07",),
)
KINDS = frozenset({"Deployment"})


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """RollingUpdate with a surge over a claim of one node."""
    claims = [(i, v.persistent_volume_claim) for i, v in enumerate(pod.spec.volumes or ())]
    if not any(source for _, source in claims):
        return
    strategy = pod.owner.mapping("spec", "strategy")
    surge = pod.owner.get("spec", "strategy", "rollingUpdate", "maxSurge")
    if strategy.get("type") == "Recreate" or surge in (0, "0%", "0"):
        return
    for index, source in claims:
        if source is None:
            continue
        claim = world.find("PersistentVolumeClaim", pod.namespace, source.claim_name)
        modes = claim.items("spec", "accessModes") if claim is not None else []
        if modes and set(modes) <= {"ReadWriteOnce", "ReadWriteOncePod"}:
            yield pod.problem(
                f"{claim} is {modes[0]}: on another node the new pod waits for the old one, which "
                "waits for the new one",
                "volumes",
                index,
                fix=Fix("strategy type Recreate, a StatefulSet, or a ReadWriteMany claim"),
            )
