"""An autoscaler removed the node and moved its pods.

What happens
------------
Cluster Autoscaler or Karpenter finds that a node is not needed, outdated or too dear, taints it,
evicts its pods and deletes it.

Why it hurts
------------
Long jobs start over, and services with few replicas lose some of them at any hour.

How we know
-----------
Events of the autoscaler belong to the pod or its node, or the node carries the autoscaler's taint.

What else it could be
---------------------
A drain by a person (E07) leaves no such event. A reclaimed spot machine is E08.

Fix
---
A PodDisruptionBudget; for what must not move, the autoscaler's do-not-disrupt annotation.

When the fix is wrong
---------------------
Pinned pods keep dear nodes alive: annotate only what cannot be interrupted.

References
----------
docs/specs/causes.md 8 (E09).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.node_signs import near_end, node_events
from holdfast.diagnosis.pod_end import has_left, speaks_for_pod
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E09",
    title="an autoscaler removed its node",
    lookalikes=("E07", "E08"),
)

# kubernetes/autoscaler cluster-autoscaler/core/scaledown: event reasons and the taint it sets.
_SCALE_DOWN = ("ScaleDown", "ScaleDownEmpty")
_TAINTS = (
    "ToBeDeletedByClusterAutoscaler",
    # kubernetes-sigs/karpenter pkg/apis: the taints of the beta and the stable API.
    "karpenter.sh/disruption",
    "karpenter.sh/disrupted",
)
# kubernetes-sigs/karpenter: events of node disruption.
_DISRUPTING = ("DisruptionTerminating", "DisruptionLaunching", "Disrupting")


def judge(case: Case) -> Verdict | None:
    """A pod that leaves while the autoscaler takes its node away."""
    if not speaks_for_pod(case) or not (has_left(case.pod) or case.events.of(*_SCALE_DOWN)):
        return None
    claim = Claim(CAUSE)
    for event in (*case.events.of(*_SCALE_DOWN), *_by_karpenter(case))[-1:]:
        text = f'an autoscaler said of the pod "{quote(event.message)}"'
        claim.observed(text, Weight.CONCLUSIVE, case.events.origin(event))
    notices = [e for e in node_events(case, *_SCALE_DOWN, *_DISRUPTING) if near_end(e, case.life)]
    for event in notices[-1:]:
        text = f'an autoscaler said of the node "{quote(event.message)}"'
        claim.observed(text, Weight.STRONG)
    taints = (case.node.spec.taints or ()) if case.node else ()
    for taint in taints:
        if taint.key in _TAINTS:
            claim.observed(f"the node has the taint {taint.key}", Weight.STRONG)
    return claim.verdict(
        f"an autoscaler removes node {case.pod.spec.node_name or '(not read)'}, and pod "
        f"{case.pod.key.name} leaves with it"
    )


def _by_karpenter(case: Case) -> tuple[Event, ...]:
    return tuple(
        event
        for event in case.events.of("Evicted", "Disrupted")
        if "karpenter" in (event.source.component if event.source else event.reporting_component)
    )
