"""The kubelet evicts although there is room: its threshold is set too high.

What happens
------------
A threshold was given in the wrong unit or copied from a smaller machine, so the kubelet sees
pressure while much of the disk or memory is free.

Why it hurts
------------
Pods are evicted without need, the node refuses new ones, and cleaning up does not help.

How we know
-----------
The eviction message states threshold and what was available, and the latter is a large part of the
node's capacity.

What else it could be
---------------------
A real shortage (E01, E02) leaves less than about a seventh available. The image store can be full
on a partition of its own while the root disk is free.

Fix
---
Correct evictionHard and evictionSoft in the kubelet's configuration; setting one of them drops the
defaults of the others.

When the fix is wrong
---------------------
If the figures belong to a separate image partition, compare them with that partition.

References
----------
docs/specs/causes.md 8 (E16), docs/specs/kubelet.md 6.4.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.node_signs import node_conditions
from holdfast.diagnosis.pod_end import eviction_text, speaks_for_pod, weigh_eviction
from holdfast.model.evidence import Weight
from holdfast.model.quantity import read_quantity
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E16",
    title="the kubelet's eviction threshold is set wrongly",
    lookalikes=("E02", "E01"),
)

# pkg/kubelet/eviction/helpers.go: thresholdMetMessageFmt.
_THRESHOLD = regex(
    r"low on resource: (?P<resource>[a-z-]+)\. "
    r"Threshold quantity: (?P<threshold>\w+), available: (?P<available>\w+)"
)
# The highest default is 15 per cent (kubelet.md 6.4: imagefs.available); a quarter is beyond doubt.
_MUCH = 0.25


def judge(case: Case) -> Verdict | None:
    """An eviction while a quarter of the capacity was available."""
    told = eviction_text(case)
    found = _THRESHOLD.search(told[0]) if told else None
    if told is None or found is None or case.node is None or not speaks_for_pod(case):
        return None
    capacity = read_quantity((case.node.status.capacity or {}).get(found["resource"]))
    available = read_quantity(found["available"])
    if capacity is None or available is None or not capacity.amount:
        return None
    share = float(available.amount / capacity.amount)
    if share < _MUCH:
        return None
    claim = weigh_eviction(Claim(CAUSE), *told)
    claim.inferred(
        f"{found['available']} were available, {share:.0%} of the node's {found['resource']}",
        Weight.STRONG,
    )
    if node_conditions(case, "DiskPressure", "MemoryPressure"):
        claim.observed("the node still reports pressure", Weight.WEAK)
    claim.with_parameter("threshold", found["threshold"])
    return claim.verdict(
        f"node {case.pod.spec.node_name} evicted the pod at {share:.0%} free {found['resource']}: "
        f"its threshold of {found['threshold']} is set too high"
    )
