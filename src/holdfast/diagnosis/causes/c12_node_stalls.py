"""The node stalls, and probes of many of its pods fail together.

What happens
------------
A node without CPU, with a stuck disk or an overloaded kubelet answers and asks late. Probes time
out although the services are well, and the kubelet kills containers of unrelated pods.

Why it hurts
------------
The restarts add load to the node that has too much already.

How we know
-----------
The node reports pressure or is not ready, or its events tell of a stalled runtime, while containers
of several owners on this node fail their probes.

What else it could be
---------------------
One workload whose replicas share the node (C06), or many pods with the same slow dependency.

Fix
---
Relieve the node; reserve resources for the kubelet and the system; the pods need no patch.

When the fix is wrong
---------------------
If pods of the same workload fail on other nodes as well, the node is innocent.

References
----------
docs/specs/causes.md 6.5 and 8 (C12), docs/specs/kubelet.md 0.3.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.probe_kill import kill_claim
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C12",
    title="its node stalls, and probes time out",
    lookalikes=("C04", "C05", "C06"),
    probe_failure=ProbeFailure.LATE,
)

_PRESSURE = ("MemoryPressure", "DiskPressure", "PIDPressure")
_NODE_EVENTS = ("NodeNotReady", "ContainerGCFailed", "ImageGCFailed", "SystemOOM")
# Neighbours of this many owners make a coincidence of independent faults unlikely.
_OTHER_OWNERS = 2


def judge(case: Case) -> Verdict | None:
    """Timeouts on a node that is known to be unwell."""
    if case.node is None and not case.pod.spec.node_name:
        return None
    made = kill_claim(CAUSE, case, Answer.TIMEOUT, Answer.COMMAND_TIMEOUT)
    if made is None or not made[1].results:
        return None
    claim, story = made
    trouble = _weigh_node(claim, case)
    if not trouble:
        return None
    _weigh_neighbours(claim, case)
    return claim.verdict(
        f"node {case.pod.spec.node_name} stalls ({trouble}), so the {story.name} probe of "
        f"{case.kind} {case.name} times out and the kubelet kills it"
    )


def _weigh_node(claim: Claim, case: Case) -> str:
    trouble = []
    for type_ in _PRESSURE:
        condition = case.node.condition(type_) if case.node else None
        if condition is not None and condition.status == "True":
            trouble.append(type_)
    ready = case.node.condition("Ready") if case.node else None
    if ready is not None and ready.status != "True":
        trouble.append("not Ready")
    events = case.context.object_events("Node", case.pod.spec.node_name)
    trouble.extend(e.reason for e in events if e.reason in _NODE_EVENTS or _is_pleg(e))
    if trouble:
        text = f"node {case.pod.spec.node_name} reports {', '.join(dict.fromkeys(trouble))}"
        claim.observed(text, Weight.STRONG)
    return ", ".join(dict.fromkeys(trouble))


def _weigh_neighbours(claim: Claim, case: Case) -> None:
    others = {
        pod.metadata.controller.uid or pod.metadata.controller.name
        for pod in case.context.pods_on(case.pod.spec.node_name)
        if pod is not case.pod
        and pod.metadata.controller is not None
        and case.context.events_of(pod).probe_kills
    }
    if len(others) >= _OTHER_OWNERS:
        text = f"pods of {len(others)} other owners on this node are killed by their probes too"
        claim.observed(text, Weight.MODERATE)


def _is_pleg(event: Event) -> bool:
    return "pleg is not healthy" in event.message.lower()
