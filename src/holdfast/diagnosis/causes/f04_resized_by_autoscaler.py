"""A resize of the resources restarted the container or evicted the pod.

What happens
------------
The vertical autoscaler finds other requests fitting and evicts the pod so that a new one gets them;
or a resize in place asks for a restart of the container.

Why it hurts
------------
With tight bounds or changing load it happens over and over, and each time the work is interrupted.

How we know
-----------
An event EvictedByVPA on the pod, or a Killing event that says "resize requires restart".

What else it could be
---------------------
A drain (E07) leaves no event of the autoscaler.

Fix
---
Widen the bounds, set minReplicas or updateMode Initial or Off; use resizePolicy NotRequired where
the program copes with it.

When the fix is wrong
---------------------
If the container is killed for memory in between, the autoscaler is right: bound its memory first.

References
----------
docs/specs/causes.md 8 (F04), docs/specs/kubelet.md 7.6.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.diagnosis.pod_end import speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="F04",
    title="a resize of its resources restarted it",
    lookalikes=("E07", "F01"),
)

# kubernetes/autoscaler vertical-pod-autoscaler/pkg/updater: event reason and pod annotation.
_EVICTED = "EvictedByVPA"
_ANNOTATION = "vpaUpdates"


def judge(case: Case) -> Verdict | None:
    """A kill for a resize, or an eviction by the vertical autoscaler."""
    stop = case.stop
    if stop is not None and stop.kind is StopKind.RESIZE and case.life is not None:
        claim = Claim(CAUSE)
        text = f'the kubelet stopped it: "{quote(stop.event.message)}"'
        weight = Weight.CONCLUSIVE if stop.direct else Weight.MODERATE
        claim.observed(text, weight, case.events.origin(stop.event))
        _weigh_annotation(claim, case)
        return claim.verdict(
            f"a resize of its resources made the kubelet restart {case.kind} {case.name}"
        )
    evictions = case.events.of(_EVICTED)
    if not evictions or not speaks_for_pod(case):
        return None
    event = evictions[-1]
    claim = Claim(CAUSE).observed(
        f'the autoscaler said "{quote(event.message)}"',
        Weight.CONCLUSIVE,
        case.events.origin(event),
    )
    _weigh_annotation(claim, case)
    return claim.verdict(
        f"the vertical autoscaler evicted pod {case.pod.key.name} to give it other resources"
    )


def _weigh_annotation(claim: Claim, case: Case) -> None:
    if _ANNOTATION in (case.pod.metadata.annotations or {}):
        text = "the vertical autoscaler set the resources of this pod"
        claim.observed(text, Weight.MODERATE, case.spec_origin("annotations"))
