"""Somebody sent the process a signal, or deleted the pod; nothing in the cluster tells who.

What happens
------------
A person or a script kills the process inside the container or on the node, or deletes the pod.

Why it hurts
------------
The code 137 tempts to raise memory limits, although memory had nothing to do with it.

How we know
-----------
Only by exclusion: the process ended by SIGKILL or SIGTERM, and no probe, node, memory or rollout
evidence explains it. That is a hint, not a finding.

What else it could be
---------------------
An out-of-memory kill whose event was lost (D01), or a stop whose events have expired (C, G).

Fix
---
Read the audit log for deletions and exec calls; there is nothing to patch.

When the fix is wrong
---------------------
If it comes again at a regular distance, no person sends it.

References
----------
docs/specs/causes.md 7, 8 (F12) and 9.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import has_left
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="F12",
    title="somebody sent it a signal",
    lookalikes=("D01", "G05", "F11"),
)

# causes.md 7: SIGINT, SIGKILL and SIGTERM as exit codes.
_SIGNALS = {130: "SIGINT", 137: "SIGKILL", 143: "SIGTERM"}


def judge(case: Case) -> Verdict | None:
    """An end by a signal that nothing else explains: never more than a weak hint."""
    life = case.life
    if life is None or life.exit_code not in _SIGNALS or life.reason not in ("Error", ""):
        return None
    if has_left(case.pod) or case.stop or case.killing_story or case.kernel_kills:
        return None
    if any(m.cause[0] != "G" for m in case.log_matches) or case.events.of(
        "Evicted", "SandboxChanged", "Preempting"
    ):
        return None
    signal = _SIGNALS[life.exit_code]
    claim = Claim(CAUSE).suggested(
        f"it ended with exit code {life.exit_code} ({signal}), and no event that was read tells of "
        "a probe, a stop or the node",
        Weight.WEAK,
        life.origin,
    )
    namespace, name = case.pod.key
    claim.would_decide(
        "who sent it: the API server's audit log (verbs delete and create of pods/exec)",
        f"whether memory ran out: dmesg -T on node {case.pod.spec.node_name or 'of the pod'}",
        f"whether a probe killed it: kubectl events -n {namespace} --for pod/{name} "
        "(kept for one hour)",
    )
    return claim.verdict(
        f"{case.kind} {case.name} ended by {signal} (exit code {life.exit_code}), and nothing that "
        "was read tells who sent it"
    )
