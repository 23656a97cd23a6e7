"""A Node.js program reaches the limit of its JavaScript heap.

What happens
------------
V8 keeps its heap below a limit that depends on the memory it sees. At the limit it gives up after a
last garbage collection and aborts.

Why it hurts
------------
The abort cuts off all requests. Before it, the program spends most of its time on garbage
collection and answers slowly.

How we know
-----------
The log has V8's FATAL ERROR line and a trace of its last collections; the code is 134, or 133 with
newer versions.

What else it could be
---------------------
A kill by the kernel leaves no text and 137 (D01): then the container's limit is below the heap's.

Fix
---
Set --max-old-space-size to about 75 % of the memory limit. If the heap grows all the time, look for
the leak with a heap snapshot.

When the fix is wrong
---------------------
With a leak a larger heap only makes the next end later, and the pauses longer.

References
----------
docs/specs/causes.md 8 (A14) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import self_end_claim, subject
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A14",
    title="a Node.js program reaches its heap limit",
    lookalikes=("D01", "A13", "D02"),
    signatures=(
        Signature(
            "fatal error:", "node", r"FATAL ERROR: .*\b(heap|mark-compacts|allocation failed)\b"
        ),
        Signature("javascript heap out of memory", "node"),
        Signature("err_worker_out_of_memory", "node"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """V8's own words for a full heap."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    limit = case.spec.limit("memory") if case.spec else None
    if limit is not None:
        claim.with_parameter("limit", str(limit))
    return claim.verdict(f"{subject(case)} ends because its JavaScript heap is full")
