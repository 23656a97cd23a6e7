"""The kernel or the hardware of the node is broken.

What happens
------------
A disk fails, a file system turns read-only, memory is faulty or the kernel locks up. Processes on
this node hang or die by SIGBUS and SIGSEGV, while the same image runs elsewhere.

Why it hurts
------------
The scheduler keeps sending pods to the node as long as it reports Ready.

How we know
-----------
Conditions and events of the node problem detector, kernel lines about hung tasks or I/O errors, and
restarts that happen on this node only.

What else it could be
---------------------
A fault of the program (A15) follows it to every node. A volume that is full is A21.

Fix
---
Cordon and drain the node, then replace it.

When the fix is wrong
---------------------
A network file system that hangs (G07) looks like a hung disk on every node that mounts it.

References
----------
docs/specs/causes.md 8 (E14) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.node_signs import near_end, node_conditions, node_events
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E14",
    title="the kernel or hardware of its node is faulty",
    lookalikes=("A15", "A21", "G07"),
    signatures=(
        Signature("blocked for more than", "kernel", r"task \S+ blocked for more than \d+ seconds"),
        Signature("remounting filesystem read-only", "kernel"),
        Signature("unregister_netdevice", "kernel", r"unregister_netdevice: waiting for"),
        Signature("i/o error, dev", "kernel"),
        Signature("hardware error", "kernel", r"\[Hardware Error\]"),
        Signature("input/output error", "any", weight=Weight.MODERATE),
    ),
)

# kubernetes/node-problem-detector config/*.json: permanent conditions and temporary rules.
_CONDITIONS = (
    "KernelDeadlock",
    "ReadonlyFilesystem",
    "FrequentUnregisterNetDevice",
    "XfsShutdown",
    "CorruptDockerOverlay2",
)
_EVENTS = (
    "TaskHung",
    "DockerHung",
    "KernelOops",
    "Ext4Error",
    "Ext4Warning",
    "IOError",
    "FilesystemIsReadOnly",
    "MemoryReadError",
    "CPUIsThrottled",
    "UnregisterNetDevice",
)
# causes.md 7: SIGBUS and SIGSEGV.
_FAULTS = frozenset({135, 139})


def judge(case: Case) -> Verdict | None:
    """An end on a node that reports a fault, or a log full of I/O errors."""
    life = case.life
    if life is None or (case.stop is not None and case.stop.direct):
        return None
    claim = Claim(CAUSE)
    conditions = node_conditions(case, *_CONDITIONS)
    if conditions:
        claim.observed(f"the node's condition {', '.join(conditions)} is True", Weight.STRONG)
    events = [event for event in node_events(case, *_EVENTS) if near_end(event, life)]
    for event in events[-1:]:
        claim.observed(f'the node reported {event.reason}: "{quote(event.message)}"', Weight.STRONG)
    node = case.pod.spec.node_name or "(not read)"
    claim.quotes(*case.matches(CAUSE.id))
    kernel = [m for m in case.context.node_matches(case.pod.spec.node_name) if m.cause == CAUSE.id]
    claim.quotes(*kernel)
    if not claim.score:
        return None
    if life.exit_code in _FAULTS:
        claim.suggested(f"it ended with exit code {life.exit_code}", Weight.WEAK, life.origin)
    elif life.exit_code == 0:
        claim.against("it ended with exit code 0", Weight.MODERATE, life.origin)
    _weigh_replicas(claim, case)
    claim.would_decide(f"the kernel's log of node {node}: journalctl -k, or dmesg -T")
    return claim.verdict(
        f"node {node} has a kernel or hardware fault, and {case.kind} {case.name} ended on it "
        f"with exit code {life.exit_code}"
    )


def _weigh_replicas(claim: Claim, case: Case) -> None:
    """Replicas on other nodes tell whether the fault stays with the node."""
    elsewhere = [
        sum(status.restart_count for status in pod.status.container_statuses or ())
        for pod in case.context.siblings(case.pod)
        if pod.spec.node_name and pod.spec.node_name != case.pod.spec.node_name
    ]
    if not elsewhere:
        return
    if any(elsewhere):
        claim.against("replicas on other nodes restart as well", Weight.MODERATE)
    else:
        text = f"{len(elsewhere)} replicas on other nodes did not restart"
        claim.observed(text, Weight.MODERATE)
