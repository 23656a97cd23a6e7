"""A memory watcher of the node, not the kernel, killed the process.

What happens
------------
systemd-oomd, earlyoom or nohang kill processes before the kernel would; a hypervisor that takes
memory back (balloon) makes a node run short that looks large enough.

Why it hurts
------------
The container ends with 137, reason Error, with no kernel line, no event and no eviction: every
usual trace is missing.

How we know
-----------
The killer's own line in the node's journal, with the pod's cgroup or beside an end with 137.

What else it could be
---------------------
The kernel's own kill leaves OOMKilled or a line of it (D01, D09); a kill by hand leaves nothing
(F12).

Fix
---
Exclude kubepods.slice from systemd-oomd (ManagedOOM* of the slice), remove earlyoom from nodes, and
reserve the memory of the virtual machine.

When the fix is wrong
---------------------
If the node really is short, the kernel or the kubelet kills next: set requests right first.

References
----------
docs/specs/causes.md 8 (D13) and 9.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.log_lines import LogMatch
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D13",
    title="a memory watcher of its node killed it",
    lookalikes=("D09", "F12", "E01"),
    signatures=(
        Signature("systemd-oomd", "systemd-oomd", r"systemd-oomd.*\bKilled\b .*due to"),
        Signature("earlyoom", "earlyoom", r"earlyoom.*sending SIG(?:KILL|TERM) to process"),
        Signature("sending sigkill to process", "earlyoom", weight=Weight.MODERATE),
        Signature("nohang", "nohang", r"nohang.*(?:sending|sent) SIG(?:KILL|TERM)"),
        Signature("balloon", "hypervisor", r"balloon.*(?:out of puff|inflat|fail)", Weight.WEAK),
    ),
)

_UID = regex(r"pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})")


def judge(case: Case) -> Verdict | None:
    """A SIGKILL on a node whose journal names such a killer."""
    life = case.life
    pasted = life is None and case.status is None
    if not pasted and (life is None or not life.killed):
        return None
    node = case.context.node_matches(case.pod.spec.node_name)
    own = case.matches(CAUSE.id) if pasted else ()
    lines = (*own, *(match for match in node if match.cause == CAUSE.id))
    mine = tuple(match for match in lines if _concerns(match, case))
    if not mine:
        return None
    claim = Claim(CAUSE).quotes(*mine)
    named = [match for match in mine if case.pod.metadata.uid and _names(match, case)]
    if named:
        text = "that line names the cgroup of this pod"
        claim.read(text, Weight.STRONG, named[-1].origin)
    if life is not None:
        claim.observed("it ended with exit code 137 (SIGKILL)", Weight.WEAK, life.origin)
        if life.reason == "OOMKilled" or case.kernel_kills:
            text = "the kernel itself is named as the killer"
            claim.against(text, Weight.STRONG, life.origin)
    weigh_stop(claim, case)
    claim.would_decide(
        f"the journal around the end: journalctl -u systemd-oomd -u earlyoom, on node "
        f"{case.pod.spec.node_name or 'NODE'}"
    )
    killer = mine[-1].signature.runtime
    who = f"{case.kind} {case.name}" if case.name else "a process"
    where = f" on node {case.pod.spec.node_name}" if case.pod.spec.node_name else ""
    return claim.verdict(f"{killer}{where} killed {who}")


def _concerns(match: LogMatch, case: Case) -> bool:
    """A line with the uid of another pod speaks of that pod."""
    return _UID.search(match.line.lower()) is None or _names(match, case)


def _names(match: LogMatch, case: Case) -> bool:
    uid = case.pod.metadata.uid.lower()
    return bool(uid) and uid in match.line.lower().replace("_", "-")
