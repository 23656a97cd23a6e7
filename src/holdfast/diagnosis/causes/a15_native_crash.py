"""Native code crashes: a fault of memory, an abort, or an instruction that the CPU lacks.

What happens
------------
The processor or the C library stops the process: a bad address (139), an abort (134), a bus error
(135), an unknown instruction (132), a division by zero (136).

Why it hurts
------------
No handler of the application runs, so nothing is flushed and its own log often ends without a word.

How we know
-----------
The code is 128 plus the number of a signal that a fault raises, or the log has the words of the
loader, the C library or the JVM's crash report.

What else it could be
---------------------
An abort that a full heap caused is A13 or A14. 132 on some nodes only is a CPU feature that those
nodes lack. 135 with a full /dev/shm is A21. Go prints SIGSEGV for a nil pointer: A11.

Fix
---
Update or exchange the library that the top frame names; do not mix binaries for musl and glibc. For
132 build for an older CPU, or choose the nodes by label.

When the fix is wrong
---------------------
If the crashes wander over unrelated programs of one node, suspect its memory or CPU (E14).

References
----------
docs/specs/causes.md 8 (A15) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import self_end_claim, subject
from holdfast.model.evidence import Grounds, Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A15",
    title="native code crashes",
    lookalikes=("A13", "A14", "A11", "A21", "E14"),
    signatures=(
        Signature("segmentation fault", "native"),
        # the runtime of Go writes "[signal SIGSEGV: ..." below a panic
        Signature("sigsegv", "native", r"^(?!\[signal ).*\bSIGSEGV\b"),
        Signature("sigbus", "native", r"^(?!\[signal ).*\bSIGBUS\b"),
        Signature("sigill", "native", r"\bSIGILL\b"),
        Signature("hs_err_pid", "jvm"),
        Signature("fatal error has been detected by the java runtime", "jvm"),
        Signature("core dumped", "native"),
        Signature("illegal instruction", "native"),
        Signature("bus error", "native", r"^(\S+: )?bus error|fatal python error: bus error"),
        Signature("floating point exception", "native"),
        Signature("stack smashing detected", "native"),
        Signature("double free or corruption", "native"),
        Signature("free(): invalid", "native"),
        Signature(
            "malloc(): ",
            "native",
            r"^malloc\(\): |malloc\(\): (corrupted|invalid|memory corruption)",
        ),
        Signature("corrupted size vs. prev_size", "native"),
        Signature("munmap_chunk(): invalid", "native"),
        Signature("terminate called", "native", r"terminate called (?!.*bad_alloc)"),
        Signature("pure virtual method called", "native"),
        Signature("assertion", "native", r"Assertion [`'].*' failed\.?|: Assertion failed: "),
        Signature(
            "fatal python error",
            "python",
            r"Fatal Python error: (Segmentation|Aborted|Bus|Illegal)",
        ),
        Signature(
            "fatal python error", "python", r"Fatal Python error: .*(init|stack overflow|GIL)"
        ),
        Signature("stack overflow", "dotnet", r"^Stack overflow\.?"),
        Signature("has overflowed its stack", "rust"),
    ),
)

# 128 + the signals that a fault raises (causes.md 7).
_SIGNALS = {
    132: "SIGILL: an instruction that the CPU does not know",
    134: "SIGABRT: the process aborted itself",
    135: "SIGBUS: mapped memory that is not there",
    136: "SIGFPE: an arithmetic fault",
    139: "SIGSEGV: an address that is not mapped",
    159: "SIGSYS: a system call that its profile forbids",
}
_ABORT = 134
_HEAP = ("A13", "A14")


def judge(case: Case) -> Verdict | None:
    """Words of a crash, or an exit code of a signal that a fault raises."""
    life = case.life
    signal = _SIGNALS.get(life.exit_code, "") if life is not None else ""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        if life is None or not signal or (life.exit_code == _ABORT and case.matches(*_HEAP)):
            return None
        claim = Claim(CAUSE)
        weigh_stop(claim, case)
    if life is None:
        return claim.verdict("the log tells of a crash of native code")
    if signal:
        text = f"exit code {life.exit_code} stands for {signal}"
        claim.observed(text, Weight.MODERATE, life.origin)
    if case.matches(*_HEAP):
        claim.against("its log says that the heap is full", Weight.STRONG, grounds=Grounds.READ)
    what = f" ({signal.partition(':')[0]})" if signal else ""
    return claim.verdict(
        f"{subject(case)} crashes in native code with exit code {life.exit_code}{what}"
    )
