"""The node ran short of disk or inodes, and the kubelet evicted the pod.

What happens
------------
Free space or free inodes of the node's file system or image store fall below a threshold. The
kubelet first deletes dead containers and unused images, and then evicts pods.

Why it hurts
------------
The pod is Failed for good, and for at least five minutes the node takes no pods that are not
critical.

How we know
-----------
The kubelet's message says "The node was low on resource: ephemeral-storage" (or inodes).

What else it could be
---------------------
A limit of the pod's own (E03) names the container, the volume or "the total limit of containers". A
full volume of the application (A21) evicts nobody. Free disk and yet pressure: E16.

Fix
---
Rotate logs, remove what fills the disk, enlarge it; give ephemeral-storage requests to the pods
that write.

When the fix is wrong
---------------------
If images fill the disk, the pods are innocent: look at the image garbage collection.

References
----------
docs/specs/causes.md 8 (E02), docs/specs/kubelet.md 6.4.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.node_signs import node_events
from holdfast.diagnosis.pod_end import eviction_text, speaks_for_pod, weigh_eviction
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E02",
    title="the node ran short of disk and the kubelet evicted the pod",
    lookalikes=("E03", "E16", "A21"),
)

# pkg/kubelet/eviction/helpers.go: nodeLowMessageFmt; imagefs and nodefs are names of old versions.
_LOW = regex(
    r"low on resource: (?P<what>ephemeral-storage|inodes|imagefs|nodefs)"
    r"|had condition: \[[^\]]*(?P<condition>DiskPressure)",
    re.IGNORECASE,
)
_COLLECTORS = ("FreeDiskSpaceFailed", "ImageGCFailed", "ContainerGCFailed")


def judge(case: Case) -> Verdict | None:
    """An eviction whose message names disk or inodes of the node."""
    told = eviction_text(case)
    if told is None or not speaks_for_pod(case):
        return None
    text, origin = told
    low = _LOW.search(text)
    if low is None:
        return None
    claim = weigh_eviction(Claim(CAUSE), text, origin)
    for event in node_events(case, *_COLLECTORS)[-1:]:
        claim.observed(f"the node could not free space ({event.reason})", Weight.MODERATE)
    what = "inodes" if (low["what"] or "").lower() == "inodes" else "disk space"
    claim.would_decide(
        "what fills the disk: on the node, df -h, df -i and du below /var/lib/containerd, "
        "/var/lib/kubelet and /var/log/pods"
    )
    return claim.verdict(
        f"node {case.pod.spec.node_name or '(not read)'} ran short of {what}, and the kubelet "
        "evicted the pod"
    )
