"""The node as a whole ran out of memory, and the kernel chose this container's process.

What happens
------------
The machine, or the node's share for pods, is full before the kubelet can evict anybody. The kernel
kills by score: BestEffort first, then what uses most beyond its request.

Why it hurts
------------
The victim did nothing wrong, and raising its limit makes the node's shortage worse.

How we know
-----------
The kernel's line about this pod has the constraint NONE or a limit above the pod's; or the node
reports SystemOOM at the time of the end; or the container was killed for memory without having any
limit.

What else it could be
---------------------
The container's own limit is D01, the pod's is D10. Another pod may have been the victim of the
SystemOOM that was reported. A killer outside the kernel is D13.

Fix
---
Requests that reflect real use, so that the scheduler does not overfill the node; kube-reserved and
system-reserved for what is outside of pods.

When the fix is wrong
---------------------
If one container without a limit grew, give that one a limit.

References
----------
docs/specs/causes.md 8 (D09), 9; docs/specs/kubelet.md 6.1 and 6.2.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.crash import log_claim, weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.memory_kill import (
    has_no_limit,
    killed_for_memory,
    last_kill,
    memory_limit_bytes,
)
from holdfast.diagnosis.node_signs import node_events
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D09",
    title="its node ran out of memory and the kernel chose it",
    lookalikes=("D01", "D10", "D13", "E01"),
    signatures=(
        Signature(
            "out of memory: kill", "kernel", r"(?<!cgroup )out of memory: kill(?:ed)? process"
        ),
    ),
)

# The oom watcher writes the event within a second or two of the kill; times are whole seconds.
_SAME_MOMENT_SECONDS = 5.0
_BEST_EFFORT = "BestEffort"


def judge(case: Case) -> Verdict | None:
    """A SIGKILL beside a sign that the node, not the container, was out of memory."""
    life = case.life
    if life is None:
        return _judge_pasted(case)
    if not life.killed or life.reason in ("ContainerStatusUnknown", "Unknown"):
        return None
    claim = Claim(CAUSE)
    if not _add_signs(claim, case):
        return None
    if life.reason == "OOMKilled":
        text = "the runtime says OOMKilled, and it ended with exit code 137 (SIGKILL)"
        claim.observed(text, Weight.CONCLUSIVE, life.origin)
    else:
        text = f"it ended with exit code 137 (SIGKILL), reason {life.reason or '(none)'}"
        claim.observed(text, Weight.WEAK, life.origin)
    quality = case.pod.status.qos_class
    if quality == _BEST_EFFORT:
        text = "its class is BestEffort, which the kernel kills first"
        claim.suggested(text, Weight.WEAK, case.status_origin("qosClass"))
    elif quality == "Guaranteed":
        text = "its class is Guaranteed, which the kernel kills last"
        claim.against(text, Weight.MODERATE, case.status_origin("qosClass"))
    weigh_stop(claim, case)
    node = case.pod.spec.node_name or "(not read)"
    claim.would_decide(f"the kernel log of node {node}: journalctl -k | grep -i oom")
    probably = "" if killed_for_memory(case) else " probably"
    return claim.verdict(
        f"node {node} ran out of memory, and the kernel{probably} killed {case.kind} {case.name}"
    )


def _add_signs(claim: Claim, case: Case) -> bool:
    """Add what points at the node; False where nothing does."""
    kill = last_kill(case)
    if kill is not None:
        if not kill.limit_of_node(case.pod.metadata.uid):
            return False
        where = kill.oom_cgroup or f"constraint {kill.constraint}"
        text = f'the kernel names a limit above the pod ({where}): "{quote(kill.line)}"'
        claim.read(text, Weight.CONCLUSIVE, kill.origin)
    events = [event for event in node_events(case, "SystemOOM") if _at_end(event, case)]
    for event in events[-1:]:
        text = f'its node reported SystemOOM at that moment: "{quote(event.message)}"'
        # The event names a process, not a pod: without a mark of memory it may be another's.
        weight = Weight.STRONG if killed_for_memory(case) else Weight.MODERATE
        claim.observed(text, weight, case.events.origin(event))
    unlimited = killed_for_memory(case) and has_no_limit(case) and _pod_has_no_limit(case)
    if unlimited:
        text = "neither it nor its pod has a memory limit that it could have hit"
        claim.observed(text, Weight.MODERATE, case.spec_origin("resources.limits"))
    elif memory_limit_bytes(case) is not None and kill is None:
        claim.against("it has a memory limit of its own as well", Weight.WEAK)
    return kill is not None or bool(events) or unlimited


def _at_end(event: Event, case: Case) -> bool:
    at, life = event.last, case.life
    if at is None or life is None or life.finished is None:
        return False
    moments = (at, event.first or at)
    return any(abs(life.finished - moment) <= _SAME_MOMENT_SECONDS for moment in moments)


def _pod_has_no_limit(case: Case) -> bool:
    own = case.pod.spec.resources
    return own is None or not (own.limits or {}).get("memory")


def _judge_pasted(case: Case) -> Verdict | None:
    """A kernel log that was pasted alone."""
    if case.status is not None:
        return None
    claim = log_claim(CAUSE, case)
    return (
        claim.verdict("the kernel killed a process because the machine ran out of memory")
        if (claim)
        else None
    )
