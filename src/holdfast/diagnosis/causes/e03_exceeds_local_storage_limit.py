"""The pod wrote more than its own local storage limit, and the kubelet evicted it.

What happens
------------
Every ten seconds the kubelet compares logs, writable layers and emptyDir volumes with the limits
that the pod itself sets. Above a limit, the whole pod is evicted.

Why it hurts
------------
One container that logs or caches too much takes its whole pod with it, and the replacement does the
same again.

How we know
-----------
The message names the container's limit, the volume's limit or the total limit of the containers.

What else it could be
---------------------
A shortage of the node (E02) says "The node was low on resource".

Fix
---
Clean or rotate what is written, put it on a volume of its own, or raise the limit to a measured
need.

When the fix is wrong
---------------------
If the amount grows without end, a larger limit only delays the next eviction.

References
----------
docs/specs/causes.md 8 (E03), docs/specs/kubelet.md 6.4.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import eviction_text, speaks_for_pod, weigh_eviction
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E03",
    title="the pod exceeded its own local storage limit",
    lookalikes=("E02", "A21"),
)

# pkg/kubelet/eviction/helpers.go: the three messages of local storage eviction.
_CONTAINER = regex(
    r"[Cc]ontainer (?P<name>\S+) exceeded its local ephemeral storage limit \"?(?P<limit>\w+)"
)
_TOTAL = regex(r"total limit of containers \"?(?P<limit>\w+)")
_VOLUME = regex(
    r"[Uu]sage of EmptyDir volume \"?(?P<name>[\w.-]+)\"? exceeds the limit \"?(?P<limit>\w+)"
)


def judge(case: Case) -> Verdict | None:
    """An eviction whose message names a limit of the pod."""
    told = eviction_text(case)
    if told is None or not speaks_for_pod(case):
        return None
    text, origin = told
    claim = weigh_eviction(Claim(CAUSE), text, origin)
    if (volume := _VOLUME.search(text)) is not None:
        claim.with_parameter("volume", volume["name"]).with_parameter("limit", volume["limit"])
        what = f"emptyDir volume {volume['name']} exceeded its sizeLimit of {volume['limit']}"
    elif (container := _CONTAINER.search(text)) is not None:
        claim.with_parameter("container", container["name"])
        claim.with_parameter("limit", container["limit"])
        what = f"container {container['name']} exceeded its ephemeral-storage limit of "
        what += container["limit"]
    elif (total := _TOTAL.search(text)) is not None:
        claim.with_parameter("limit", total["limit"])
        what = f"its containers together exceeded their ephemeral-storage limit of {total['limit']}"
    else:
        return None
    return claim.verdict(f"the kubelet evicted pod {case.pod.key.name}: {what}")
