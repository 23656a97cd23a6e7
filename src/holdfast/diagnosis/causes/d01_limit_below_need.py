"""The memory limit is below what the container needs all the time.

What happens
------------
The working set reaches the limit soon after the start and stays there; the kernel kills the
process.

Why it hurts
------------
No release or restart helps: each life ends as the one before.

How we know
-----------
The runtime reports OOMKilled with exit code 137, or the node's kernel names the container. That is
certain; the shape is not, without the series of its memory. Our rule: a life that ends within 2 s
reached the limit at once, which speaks for this cause; a life of unknown length, or a longer one,
leaves it possible and lets D02 (growth), D03 (a burst while loading) or D04 (a heap above the
limit) lead when their own evidence is there.

What else it could be
---------------------
Growth over the whole life is D02, a phase of the start D03, a heap setting D04. A limit above the
container's own is D09 or D10. Exit code 137 without OOMKilled and without a kernel line is none of
these.

Fix
---
Set the limit to the measured peak of the working set plus headroom, and the request beside it.

When the fix is wrong
---------------------
With a leak a higher limit only buys time; measure the working set over several lives first.

References
----------
docs/specs/causes.md 6.1, 8 (D01), 9 and 11; docs/specs/tuning.md 5.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import log_claim, uptime_text
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.memory_kill import AT_ONCE_SECONDS, limit_text, own_limit_claim
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D01",
    title="its memory limit is below what it needs",
    lookalikes=("D02", "D03", "D04", "D06", "D09", "D10"),
    signatures=(Signature("memory cgroup out of memory", "kernel"),),
)


def judge(case: Case) -> Verdict | None:
    """Every kill at the container's own limit; the name for "no shape is known" among them."""
    claim = own_limit_claim(CAUSE, case)
    if claim is None:
        return _judge_pasted(case)
    uptime = case.uptime_seconds
    if uptime is not None and uptime <= AT_ONCE_SECONDS and case.life is not None:
        text = f"it was killed{uptime_text(case)}: it reached the limit at once"
        claim.inferred(text, Weight.MODERATE, case.life.origin)
    return claim.verdict(
        f"{case.kind} {case.name} needs more memory than {limit_text(case)}: the kernel killed it"
        f"{uptime_text(case)}"
    )


def _judge_pasted(case: Case) -> Verdict | None:
    """A kernel log that was pasted alone."""
    if case.status is not None or case.life is not None:
        return None
    claim: Claim | None = log_claim(CAUSE, case)
    if claim is None:
        return None
    return claim.verdict("the kernel killed a process at the memory limit of its container")
