"""The kubelet was restarted, and pods looked unready for a moment without any fault of theirs.

What happens
------------
Probe results live in the kubelet's memory. Up to 1.34 a restarted kubelet takes every container
with a readiness probe as not ready until its first success; nothing is restarted.

Why it hurts
------------
Endpoints empty for some seconds and alerts blame the applications.

How we know
-----------
The node's events hold "Starting kubelet" close to the moment at which the pod became not ready, and
no container ended.

What else it could be
---------------------
A node that stalls (C12), a dependency of the readiness check (S02).

Fix
---
None for the pod. Since 1.35 the kubelet keeps the state over its own restart.

When the fix is wrong
---------------------
If containers restarted as well, look for their own cause.

References
----------
docs/specs/causes.md 8 (C16), docs/specs/kubelet.md 1.11, kubernetes/kubernetes#125397.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.kubelet.behaviour import behaviour_of
from holdfast.model.evidence import Weight
from holdfast.model.instant import parse_instant
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="C16",
    title="the kubelet was restarted, and pods looked unready for a moment",
    lookalikes=("C12", "S02"),
)

# A readiness probe needs one period for its first success; 60 s cover all but unusual ones.
_AFTER_SECONDS = 60.0


def judge(case: Case) -> Verdict | None:
    """A change of readiness right after a start of the kubelet, and no end of a container."""
    if case.restarts or case.probe("readiness") is None:
        return None
    condition = case.pod.condition("Ready")
    changed = parse_instant(condition.last_transition_time) if condition else None
    if changed is None:
        return None
    for event in case.context.object_events("Node", case.pod.spec.node_name):
        at = event.last
        if event.reason != "Starting" or "kubelet" not in event.message.lower() or at is None:
            continue
        if 0 <= changed - at <= _AFTER_SECONDS:
            claim = Claim(CAUSE)
            text = f"the kubelet started {changed - at:.0f} s before the pod's readiness changed"
            claim.observed(text, Weight.STRONG, case.events.origin(event))
            if case.version is not None and behaviour_of(case.version).keeps_probe_state:
                text = f"kubelet {case.version} keeps probe results over its own restart"
                claim.against(text, Weight.MODERATE)
            return claim.verdict(
                f"{case.kind} {case.name} looked unready because the kubelet of node "
                f"{case.pod.spec.node_name} was restarted; nothing of its own failed",
                Role.HAZARD,
            )
    return None
