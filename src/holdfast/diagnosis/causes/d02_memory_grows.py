"""The memory of the process grows steadily until it reaches the limit.

What happens
------------
Something is kept that should be let go, or a cache has no bound. The working set climbs, and the
kernel kills the process at the limit.

Why it hurts
------------
Restarts at regular intervals, slower and slower answers before each, and a larger limit makes them
rarer but not fewer in kind.

How we know
-----------
The runtime reports OOMKilled with exit code 137, which is certain. That memory grew is concluded
from little: the life lasted longer than an allocation at once would (2 s), its last words name no
phase of loading, and no heap setting explains it. The series of its working set decides, as a
rehearsal measures it; where it was not read, this is the likelier of several shapes and not more.

What else it could be
---------------------
A need above the limit from the start on is D01, a burst while loading D03, a heap set too large
D04, a file on a memory-backed volume D07.

Fix
---
Find what grows (two heap profiles some minutes apart) and bound it.

When the fix is wrong
---------------------
A larger limit delays the kill in proportion. Raise it only to buy time, and say so.

References
----------
docs/specs/causes.md 6.1, 8 (D02) and 11; docs/specs/tuning.md 5 and 6.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import uptime_text
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.memory_kill import (
    AT_ONCE_SECONDS,
    limit_text,
    measured_growth,
    own_limit_claim,
)
from holdfast.model.evidence import Weight
from holdfast.model.quantity import format_bytes
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D02",
    title="its memory grows until it reaches the limit",
    lookalikes=("D01", "D03", "D04", "D07", "D08"),
)


def judge(case: Case) -> Verdict | None:
    """A kill at the own limit after a life that was long enough to grow."""
    uptime = case.uptime_seconds
    if uptime is None or uptime <= AT_ONCE_SECONDS:
        return None
    claim = own_limit_claim(CAUSE, case)
    if claim is None or case.life is None:
        return None
    text = f"it was killed{uptime_text(case)}, not at once: there was time to grow"
    claim.suggested(text, Weight.WEAK, case.life.origin)
    _weigh_growth(claim, case)
    claim.with_parameter("uptime_seconds", uptime)
    claim.would_decide("what grows: a heap profile early in a life and another one late in it")
    grows = "grows" if measured_growth(case) else "probably grows"
    return claim.verdict(
        f"{case.kind} {case.name} {grows} until it reaches {limit_text(case)}: the kernel killed it"
        f"{uptime_text(case)}"
    )


def _weigh_growth(claim: Claim, case: Case) -> None:
    growth = measured_growth(case)
    origin = case.measured_origin("memory")
    if growth:
        rate = format_bytes(round(growth * 60))
        # A need that a slow start builds up looks alike, until it levels off.
        text = f"its memory grew steadily, by {rate} per minute (measured)"
        claim.observed(text, Weight.MODERATE, origin)
    elif growth is not None:
        claim.against("its memory did not grow steadily (measured)", Weight.STRONG, origin)
