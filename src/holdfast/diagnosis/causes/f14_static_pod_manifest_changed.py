"""The manifest of a static pod on the node changed, and the kubelet made the pod anew.

What happens
------------
Static pods come from files on the node. When a file changes, the kubelet ends the old pod and
starts a new one; the API only holds a mirror.

Why it hurts
------------
These are often the parts of the control plane, so a small edit interrupts the API.

How we know
-----------
The pod's annotations say that it comes from a file, the kubelet stopped its container on purpose,
or it saw the manifest shortly after the last life ended.

What else it could be
---------------------
A rollout (F01) changes objects in the API. A crash of the static pod itself leaves its manifest as
it was.

Fix
---
None when the edit was meant; otherwise restore the file on the node.

When the fix is wrong
---------------------
Editing or deleting the mirror pod in the API changes nothing.

References
----------
docs/specs/causes.md 8 (F14).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.model.evidence import Weight
from holdfast.model.instant import parse_instant
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="F14",
    title="the manifest of the static pod changed",
    lookalikes=("F01", "E12"),
)

# pkg/kubelet/types: annotations of pods that do not come from the API.
_SOURCE = "kubernetes.io/config.source"
_SEEN = "kubernetes.io/config.seen"
# The kubelet reads its manifest directory every 20 s (fileCheckFrequency) and waits the grace.
_SOON_SECONDS = 120.0


def judge(case: Case) -> Verdict | None:
    """A static pod whose container was stopped on purpose or whose manifest is new."""
    annotations = case.pod.metadata.annotations or {}
    life = case.life
    if life is None or annotations.get(_SOURCE) not in ("file", "http"):
        return None
    claim = Claim(CAUSE)
    stop = case.stop
    if stop is not None and stop.direct and stop.kind in (StopKind.DEFINITION, StopKind.STOPPED):
        text = f'the kubelet stopped it: "{quote(stop.event.message)}"'
        claim.observed(text, Weight.STRONG, case.events.origin(stop.event))
    seen = parse_instant(annotations.get(_SEEN))
    if seen and life.finished and abs(seen - life.finished) <= _SOON_SECONDS:
        claim.observed(
            f"the kubelet read its manifest {abs(seen - life.finished):.0f} s from this end",
            Weight.MODERATE,
            case.spec_origin("annotations"),
        )
    if not claim.score:
        return None
    claim.suggested("it is a static pod: its manifest is a file on the node", Weight.WEAK)
    node = case.pod.spec.node_name or "of the pod"
    claim.would_decide(f"when the file changed: ls -l /etc/kubernetes/manifests on node {node}")
    return claim.verdict(
        f"the manifest of static pod {case.pod.key.name} changed on node {node}, so the kubelet "
        f"started {case.kind} {case.name} anew"
    )
