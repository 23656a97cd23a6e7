"""The program is PID 1 and has no handler for SIGTERM, so every stop lasts the whole grace period.

What happens
------------
The kernel ignores signals without a handler for PID 1. Python, Node and C programs do not install
one by themselves, so SIGTERM has no effect and SIGKILL comes when the grace is over.

Why it hurts
------------
Each stop takes the full grace, open work is lost, and 137 looks like an out-of-memory kill.

How we know
-----------
The life ended with 137 when the grace was over, no shell is PID 1, and the runtime is one that
ignores the signal unless told otherwise.

What else it could be
---------------------
A drain that takes longer than the grace (G04) writes about it. A shell at PID 1 is G01.

Fix
---
Handle SIGTERM in the program, or put a small init such as tini before it.

When the fix is wrong
---------------------
A longer grace only makes the stop longer.

References
----------
docs/specs/causes.md 5.3 and 8 (G02), docs/specs/kubelet.md 2.4.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.program import SIGTERM_EXIT_CODES
from holdfast.diagnosis.slow_stop import drain_lines, slow_stop_claim
from holdfast.model.evidence import Grounds, Weight
from holdfast.model.measurement import Disposition
from holdfast.model.runtime import Runtime
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="G02",
    title="the program does not handle SIGTERM",
    lookalikes=("D01", "G01", "G04"),
    signatures=(
        Signature("the budget is used up", "holdfast run", r"^holdfast run: killed .* signal"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """A stop that used up its grace, without a shell as PID 1."""
    if case.life is None or not case.life.killed or case.program.shell:
        return None
    made = slow_stop_claim(CAUSE, case)
    if made is None:
        return None
    claim, stop = made
    runtime = case.program.runtime
    disposition = case.measured.on_sigterm if case.measured is not None else None
    if disposition is not None:
        _weigh_disposition(claim, case, disposition)
    elif SIGTERM_EXIT_CODES.get(runtime) == ():
        text = f"{runtime} as PID 1 ignores SIGTERM unless the program handles it "
        text += f"(known by {case.program.because})"
        claim.suggested(text, Weight.MODERATE, case.spec_origin("command"))
    elif runtime in SIGTERM_EXIT_CODES:
        claim.against(
            f"{runtime} ends on SIGTERM by itself: it handled the signal and did not finish",
            Weight.MODERATE,
            grounds=Grounds.INFERRED,
        )
    claim.quotes(*case.matches(CAUSE.id))
    drains = drain_lines(case)
    if drains:
        text = "its log speaks of a shutdown, so it did hear the signal"
        claim.against(text, Weight.STRONG, drains[-1].origin, Grounds.READ)
    if disposition is None and (stop.seconds is None or runtime is Runtime.UNKNOWN):
        claim.would_decide(
            "whether it handles SIGTERM: kubectl exec into it, grep SigCgt /proc/1/status "
            "(bit 14, value 0x4000)"
        )
    return claim.verdict(
        f"{case.kind} {case.name} does not end on SIGTERM: SIGKILL ended it after the grace of "
        f"{stop.grace_seconds} s (137)",
        Role.CONTRIBUTING,
    )


def _weigh_disposition(claim: Claim, case: Case, disposition: Disposition) -> None:
    origin = case.measured_origin("SigCgt")
    claim.with_parameter("on_sigterm", disposition.value)
    if disposition is Disposition.HANDLED:
        claim.against("PID 1 handles SIGTERM (measured)", Weight.MODERATE, origin)
    elif disposition is Disposition.IGNORED:
        claim.observed("PID 1 ignores SIGTERM on purpose (measured)", Weight.STRONG, origin)
    else:
        claim.observed("PID 1 has no handler for SIGTERM (measured)", Weight.STRONG, origin)
