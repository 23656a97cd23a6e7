"""A new kubelet computes another hash for unchanged containers, and restarts them once.

What happens
------------
After an upgrade the kubelet hashes container specifications in a new way. Every running container
seems to have a changed definition and is started again, all over the node.

Why it hurts
------------
All pods of the node restart within moments of the upgrade.

How we know
-----------
"definition changed" in Killing events of several owners on one node, next to a start of the
kubelet.

What else it could be
---------------------
The specification did change (F01): then only one workload is hit. A reboot (E05) leaves Unknown.

Fix
---
None: it happens once per upgrade. Drain nodes before upgrading the kubelet.

When the fix is wrong
---------------------
If it comes again without an upgrade, something edits the pods.

References
----------
docs/specs/causes.md 8 (E12), docs/specs/kubelet.md 2.1.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.diagnosis.node_signs import near_end, node_events
from holdfast.model.evidence import Weight
from holdfast.model.pod import Pod
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E12",
    title="the kubelet was upgraded and restarted what runs",
    lookalikes=("F01", "E05"),
)

# One more workload may be rolled by chance; two other owners at once are not.
_OTHER_OWNERS = 2


def judge(case: Case) -> Verdict | None:
    """ "definition changed" on pods of several owners of the node."""
    stop = case.stop
    if stop is None or stop.kind is not StopKind.DEFINITION:
        return None
    owners = {
        _owner(pod)
        for pod in case.context.pods_on(case.pod.spec.node_name)
        if _owner(pod) != _owner(case.pod) and _was_changed(case, pod)
    }
    if len(owners) < _OTHER_OWNERS:
        return None
    claim = Claim(CAUSE)
    weight = Weight.STRONG if stop.direct else Weight.MODERATE
    text = f'the kubelet stopped it: "{quote(stop.event.message)}"'
    claim.observed(text, weight, case.events.origin(stop.event))
    text = f"it did the same to pods of {len(owners)} other owners on this node"
    claim.observed(text, Weight.STRONG)
    # pkg/kubelet: every start of the kubelet writes the node event Starting.
    for event in [e for e in node_events(case, "Starting") if near_end(e, case.life)][-1:]:
        claim.observed(f'the node reported "{quote(event.message)}"', Weight.STRONG)
    return claim.verdict(
        f"the kubelet of node {case.pod.spec.node_name} took {case.kind} {case.name} and pods of "
        f"{len(owners)} other owners for changed, and restarted them once"
    )


def _was_changed(case: Case, pod: Pod) -> bool:
    killings = case.context.events_of(pod).of("Killing")
    return any(StopKind.DEFINITION.value in event.message for event in killings)


def _owner(pod: Pod) -> str:
    owner = pod.metadata.controller
    return (owner.uid or owner.name) if owner else f"{pod.key.namespace}/{pod.key.name}"
