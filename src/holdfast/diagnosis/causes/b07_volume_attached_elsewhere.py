"""A volume cannot be attached: another node still holds it, or it belongs to another zone.

What happens
------------
A block volume with access mode ReadWriteOnce can be attached to one node only. The pod waits until
the old node lets it go.

Why it hurts
------------
After a node failure nothing lets go for six minutes or more; with a RollingUpdate of a Deployment
old and new pod wait for each other for ever.

How we know
-----------
FailedAttachVolume events, mostly "Multi-Attach error", while the containers wait.

What else it could be
---------------------
A second process that finds a lock on a volume it did get is A22. A missing claim is B06.

Fix
---
Use `strategy: Recreate` or a StatefulSet for one writer; delete the pod that holds the volume. For
a dead node, the taint `node.kubernetes.io/out-of-service` releases it.

When the fix is wrong
---------------------
Detaching by force from a node that is alive and still writes destroys the file system.

References
----------
docs/specs/causes.md 8 (B07).
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import is_stuck, pod_claim, pod_text
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B07",
    title="a volume is attached to another node",
    lookalikes=("A22", "B06", "S01"),
)

# kubernetes pkg/volume/util/operationexecutor: Multi-Attach, AttachVolume, NodeAffinity texts.
_ELSEWHERE = regex(
    r"multi-attach|already (?:exclusively )?attached|already used by pod|volume is in use"
    r"|attachment is being deleted|currently attached to",
    re.IGNORECASE,
)
_AFFINITY = regex(r"NodeAffinity check failed|volume node affinity conflict", re.IGNORECASE)
_VOLUME = regex(r'for volume "(?P<name>[^"]+)"')
_HOLDERS = regex(r"used by pod\(s\) (?P<pods>[^\s].*)")


def judge(case: Case) -> Verdict | None:
    """A pod that waits for the attachment of a volume."""
    if not is_stuck(case):
        return None
    events = tuple(
        event
        for event in case.events.of("FailedAttachVolume", "FailedMount", "FailedScheduling")
        if event.reason == "FailedAttachVolume"
        or _ELSEWHERE.search(event.message)
        or _AFFINITY.search(event.message)
    )
    named = tuple(event for event in events if _ELSEWHERE.search(event.message))
    # What the scheduler says is S01's: the pod has no node yet.
    unscheduled = bool(events) and events[-1].reason == "FailedScheduling"
    weight = Weight.MODERATE if unscheduled else Weight.CONCLUSIVE
    found = pod_claim(CAUSE, case, named or events, weight)
    if found is None:
        return None
    claim, event = found
    volume = _VOLUME.search(event.message)
    which = f"volume {volume['name']}" if volume else "a volume"
    if volume:
        claim.with_parameter("volume", volume["name"])
        claim.would_decide(
            "which node holds it: kubectl get volumeattachments | grep " + volume["name"]
        )
    if _AFFINITY.search(event.message):
        why = "belongs to another zone or node than the pod's"
    elif _ELSEWHERE.search(event.message):
        holders = _HOLDERS.search(event.message)
        by = f" (used by {quote(holders['pods'])})" if holders else ""
        why = f"is still attached to another node{by}"
    else:
        why = f"cannot be attached: {quote(event.message)}"
    return claim.verdict(f"{pod_text(case)} cannot start: {which} {why}")
