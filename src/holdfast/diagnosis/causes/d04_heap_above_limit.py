"""The runtime's heap may grow larger than the memory limit allows.

What happens
------------
A managed runtime collects garbage only when its own heap limit comes near. If that limit lies close
to or above the container's, the kernel kills first. Heap is not all: stacks, code, buffers and
threads come on top.

Why it hurts
------------
The process dies although most of what it holds is garbage.

How we know
-----------
The runtime of the container reports OOMKilled with exit code 137, and a heap setting in the
environment or command leaves less than a quarter of the limit for everything else; or a Go or Node
program has no setting at all, which is only a hint.

What else it could be
---------------------
A heap that is well below the limit leaves growth outside of it (D02) or a need of its own (D01). A
heap that is full inside its limit ends with an error of the runtime instead (A13, A14).

Fix
---
Heap at 60 to 75 % of the limit (MaxRAMPercentage, --max-old-space-size); GOMEMLIMIT below the
limit.

When the fix is wrong
---------------------
If the live data does not fit, a smaller heap turns kills into collection without end; with a leak a
low GOMEMLIMIT makes the outage longer.

References
----------
docs/specs/causes.md 8 (D04); docs/specs/tuning.md 3 (3), 5.3, 7 and 8.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import uptime_text
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.memory_kill import limit_text, memory_limit_bytes, own_limit_claim
from holdfast.model.evidence import Weight
from holdfast.model.heap_setting import HeapSetting, heap_settings
from holdfast.model.quantity import format_bytes
from holdfast.model.runtime import Runtime
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D04",
    title="its runtime's heap is allowed to exceed the memory limit",
    lookalikes=("D01", "D02", "A13", "A14"),
    # An unbound heap is the ordinary case: it lets memory grow and is not why it grows (D02).
    prior=-3,
)

# causes.md 8 (D04): the heap gets at most three quarters of the limit.
_HEAP_SHARE = 0.75
# What a setting of GOMEMLIMIT counts is all memory of the runtime, not only the heap (tuning.md 7).
_GO_SHARE = 1.0
# These size their heap without regard to the container's limit unless told (tuning.md 7.1; V8 asks
# for the machine's memory). A JVM takes a quarter of the limit by itself (tuning.md 8.1).
_UNBOUND = {Runtime.GO: "GOMEMLIMIT", Runtime.NODE: "--max-old-space-size"}


def judge(case: Case) -> Verdict | None:
    """A kill at the own limit of a runtime whose heap is not kept below it."""
    limit = memory_limit_bytes(case)
    if limit is None or case.life is None:
        return None
    settings = heap_settings(case.spec, limit)
    runtime = case.program.runtime
    if not settings and runtime not in _UNBOUND:
        return None
    claim = own_limit_claim(CAUSE, case)
    if claim is None:
        return None
    if not settings:
        text = (
            f"it looks like {runtime} (by {case.program.because}) and sets no {_UNBOUND[runtime]}"
        )
        claim.suggested(text, Weight.WEAK, case.spec_origin("env"))
        return _verdict(claim, case, f"{runtime} is not told of it ({_UNBOUND[runtime]})")
    largest = max(settings, key=lambda setting: setting.bytes / _share(setting))
    share = largest.bytes / limit
    if share < _share(largest):
        return None
    text = (
        f"{largest.flag} (in {largest.place}) allows {format_bytes(largest.bytes)}, "
        f"{share:.0%} of the limit"
    )
    weight = Weight.STRONG if share >= 1 else Weight.MODERATE
    # A sure number leads over the bare guess of growth.
    claim.observed(text, weight, case.spec_origin("env"))
    claim.observed("heap is not all that a process holds", Weight.WEAK)
    claim.with_parameter("heap_bytes", float(largest.bytes))
    return _verdict(claim, case, f"{largest.flag} allows {format_bytes(largest.bytes)}")


def _share(setting: HeapSetting) -> float:
    return _GO_SHARE if setting.flag == "GOMEMLIMIT" else _HEAP_SHARE


def _verdict(claim: Claim, case: Case, why: str) -> Verdict | None:
    return claim.verdict(
        f"{case.kind} {case.name} outgrows {limit_text(case)}: {why}; the kernel killed it"
        f"{uptime_text(case)}"
    )
