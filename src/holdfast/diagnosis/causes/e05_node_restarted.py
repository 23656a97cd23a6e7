"""The node restarted, and every container on it lost its life at one instant.

What happens
------------
The host or its virtual machine goes down. When it is back, the runtime finds containers whose end
it did not see, and the kubelet makes new sandboxes and starts everything again.

Why it hurts
------------
All pods of the node are away together, init containers run again, addresses change, and pods that
need each other crash once more on the way up. The counts stay and look like a fault of the pods.

How we know
-----------
Containers of many pods ended with reason Unknown and code 255 within one minute, their sandboxes
changed, and the node reported Rebooted.

What else it could be
---------------------
A crash of the container runtime (E11) leaves the host's uptime alone. A rollout (F01) touches one
workload only. Crash loops that coincide bear no mark of the node.

Fix
---
Find out why the node went down (its console, the cloud's log); the pods need no patch.

When the fix is wrong
---------------------
If one pod keeps restarting long after its neighbours have settled, it has a cause of its own.

References
----------
docs/specs/causes.md 5.1, 6.5 and 8 (E05), docs/specs/kubelet.md 4.1.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.lives import Life
from holdfast.diagnosis.node_signs import lost_neighbours, near_end, node_events, remade_neighbours
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E05",
    title="its node restarted",
    lookalikes=("E11", "F01"),
)

_LOST = "Unknown"
# causes.md 5.1: what CRI-O, dockershim and the kubelet write, and an orderly shutdown's SIGTERM.
_CUT_OFF = frozenset({137, 143, 255})
# One other pod may be chance; two that the runtime lost in the same minute are not.
_NEIGHBOURS = 2


def judge(case: Case) -> Verdict | None:
    """A lost life, or an end beside a reboot that the node reported."""
    life = case.life
    if life is None or (case.stop is not None and case.stop.direct):
        return None
    lost = life.reason == _LOST
    reboots = [e for e in node_events(case, "Rebooted") if near_end(e, life)]
    remade = [e for e in case.events.of("SandboxChanged") if near_end(e, life)]
    if not lost and not (reboots and (remade or life.exit_code in _CUT_OFF)):
        return None
    claim = Claim(CAUSE)
    if lost:
        text = f"the runtime lost it: reason Unknown, exit code {life.exit_code}"
        claim.observed(text, Weight.MODERATE, life.origin)
    if remade:
        claim.observed(
            "its sandbox was made anew afterwards (SandboxChanged)",
            Weight.MODERATE,
            case.events.origin(remade[-1]),
        )
    for event in reboots[-1:]:
        claim.observed(f'the node reported "{quote(event.message)}"', Weight.STRONG)
    pods = _weigh_neighbours(claim, case, life)
    node = case.pod.spec.node_name or "(not read)"
    if not reboots:
        claim.would_decide(
            f"whether the host restarted: kubectl get node {node} "
            "-o jsonpath='{.status.nodeInfo.bootID}', and uptime on the host"
        )
    beside = f" together with {pods} other pods" if pods else ""
    return claim.verdict(
        f"node {node} restarted, and {case.kind} {case.name} ended with it{beside}; "
        "the pod is not at fault"
    )


def _weigh_neighbours(claim: Claim, case: Case, life: Life) -> int:
    lost = set(lost_neighbours(case, _LOST)) if life.reason == _LOST else set()
    if len(lost) >= _NEIGHBOURS:
        text = f"{len(lost)} other pods of the node were lost within the same minute"
        claim.observed(text, Weight.STRONG)
    remade = set(remade_neighbours(case))
    if len(remade) >= _NEIGHBOURS:
        claim.observed(f"sandboxes of {len(remade)} other pods changed too", Weight.MODERATE)
    return max(len(lost), len(remade))
