"""fsGroup on a claim, without fsGroupChangePolicy.

What happens
------------
The kubelet walks over every file of the volume at each start of a pod.

Why it hurts
------------
A volume of millions of files takes minutes, in which the pod is in ContainerCreating.

How we know
-----------
fsGroup, a PersistentVolumeClaim and no policy. Whether the driver leaves it to the kubelet is not
in the manifest, so this is likely where docs/specs/rules.md HF724 says certain; no driver does it
for a volume that many nodes write to (CSIDriver fsGroupPolicy ReadWriteOnceWithFSType).

What else it could be
---------------------
Small volumes, and drivers that do it by mount.

Fix
---
fsGroupChangePolicy: OnRootMismatch.

When the fix is wrong
---------------------
Where other pods write files with other owners.

References
----------
docs/specs/rules.md HF724, kubernetes v1.36 pkg/volume/volume_linux.go SetVolumeOwnership.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF724",
    "the ownership of a whole volume is changed before each start",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("B06",),
)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """fsGroup over a claim without a policy."""
    security = pod.spec.security_context
    if security is None or security.fs_group is None:
        return
    claims = any(v.persistent_volume_claim is not None for v in pod.spec.volumes or ())
    templates = ("spec", "volumeClaimTemplates")
    claims = claims or any(
        "ReadWriteOnce" in pod.owner.items(*templates, index, "spec", "accessModes")
        for index in range(len(pod.owner.items(*templates)))
    )
    if claims and pod.owner.get(*pod.path, "securityContext", "fsGroupChangePolicy") is None:
        yield pod.problem(
            "every file of the volume gets a new owner at each start of a pod",
            "securityContext",
            "fsGroup",
            fix=Fix(
                "fsGroupChangePolicy OnRootMismatch",
                Safety.SAFE,
                {"securityContext": {"fsGroupChangePolicy": "OnRootMismatch"}},
            ),
        )
