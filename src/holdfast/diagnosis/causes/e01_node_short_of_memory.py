"""The node ran short of memory, and the kubelet evicted the pod.

What happens
------------
Available memory of the node falls below a threshold of the kubelet, which ends pods one by one,
those first that use more than they requested. The pod becomes Failed with reason Evicted.

Why it hurts
------------
The pod is gone for good; its controller makes another one elsewhere, with a restart count of 0, so
no restart counter shows the loss.

How we know
-----------
The kubelet writes it into the pod's status and into an Evicted event: "The node was low on
resource: memory", often with the container's usage and request.

What else it could be
---------------------
The kernel can be faster than the kubelet (D09): then a container dies with 137 and the node has a
SystemOOM event. Disk shortage reads the same but for the resource (E02).

Fix
---
Raise the memory request to the real use, so that the scheduler leaves room for it.

When the fix is wrong
---------------------
If a neighbour uses far more than it requested, correct the neighbour; this pod is a victim.

References
----------
docs/specs/causes.md 8 (E01), docs/specs/kubelet.md 6.4.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import eviction_text, speaks_for_pod, weigh_eviction
from holdfast.model.evidence import Weight
from holdfast.model.quantity import read_quantity
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E01",
    title="the node ran short of memory and the kubelet evicted the pod",
    lookalikes=("D09", "E02"),
)

# pkg/kubelet/eviction/helpers.go: nodeLowMessageFmt, and the condition that refuses new pods.
_LOW = regex(r"low on resource: memory\b|had condition: \[[^\]]*MemoryPressure", re.IGNORECASE)
_USAGE = regex(r"[Cc]ontainer (?P<name>\S+) was using (?P<used>\w+), (?:which exceeds its )?"
                    r"request (?:is|of) (?P<request>\w+)")  # fmt: skip


def judge(case: Case) -> Verdict | None:
    """An eviction whose message names memory."""
    told = eviction_text(case)
    if told is None or not _LOW.search(told[0]) or not speaks_for_pod(case):
        return None
    text, origin = told
    claim = weigh_eviction(Claim(CAUSE), text, origin)
    usage = _USAGE.search(text)
    summary = f"node {case.pod.spec.node_name or '(not read)'} ran short of memory, and the "
    summary += "kubelet evicted the pod"
    if usage is not None:
        summary += f": container {usage['name']} used {usage['used']}, requested {usage['request']}"
        used = read_quantity(usage["used"])
        if used is not None:
            claim.with_parameter("container", usage["name"])
            claim.with_parameter("used_bytes", float(used.bytes))
    pressure = case.node.condition("MemoryPressure") if case.node else None
    if pressure is not None and pressure.status == "True":
        claim.observed("the node still reports MemoryPressure", Weight.MODERATE)
    return claim.verdict(summary)
