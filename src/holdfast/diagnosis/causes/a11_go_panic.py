"""A Go program ends with a panic or with a fatal error of its runtime.

What happens
------------
A panic that nothing recovers, or a fault that the runtime cannot survive (concurrent map writes, a
deadlock of all goroutines), prints a dump of goroutines and ends with exit code 2.

Why it hurts
------------
All requests of the process are lost at once, not only the one that met the fault.

How we know
-----------
The log of the ended life has a line that begins with panic: or fatal error:, followed by
goroutines, and the code is 2.

What else it could be
---------------------
Exit 2 without any dump is a SIGTERM without a handler (A12), or wrong usage (A30). A panic that
names a host, a port or a file is A05, A08, A18 or A20. http: panic serving was recovered and ends
nothing.

Fix
---
Correct the fault at the first frame of your own code in the dump; recover in handlers, so that one
request cannot end all.

When the fix is wrong
---------------------
A recover around everything hides corrupted state; fatal errors of the runtime cannot be recovered
at all.

References
----------
docs/specs/causes.md 8 (A11) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import self_end_claim, subject
from holdfast.model.evidence import Grounds, Weight
from holdfast.model.verdict import Verdict

_START = r"^(?:\d{4}-\d\d-\d\dT\S+ )?(?:stderr F )?"

CAUSE = Cause(
    id="A11",
    title="a Go program panics",
    lookalikes=("A12", "A30", "A01", "A13"),
    signatures=(
        Signature("panic: ", "go", rf"{_START}panic: "),
        Signature("fatal error: ", "go", rf"{_START}fatal error: "),
        Signature("goroutine ", "go", rf"{_START}goroutine \d+ .*\[.*\]:$", Weight.MODERATE),
        Signature("level=panic", "go", weight=Weight.MODERATE),
        Signature('"level":"panic"', "go", weight=Weight.MODERATE),
    ),
    # What a panic names beats the panic, as with A01.
    prior=-12,
)

_KINDS = (
    ("nil map", "writes to a nil map"),
    ("invalid memory address", "dereferences a nil pointer"),
    ("index out of range", "indexes a slice out of range"),
    ("concurrent map", "uses a map from several goroutines at once"),
    ("all goroutines are asleep", "deadlocks: all goroutines wait"),
    ("out of memory", "cannot get memory for its heap"),
    ("stack overflow", "overflows its stack"),
    ("stack exceeds", "overflows its stack"),
    ("interface conversion", "converts an interface to a type that it does not hold"),
    ("closed channel", "sends on or closes a closed channel"),
    ("negative waitgroup", "uses a WaitGroup wrongly"),
    ("divide by zero", "divides by zero"),
)
_QUIT = "SIGQUIT: quit"


def judge(case: Case) -> Verdict | None:
    """A line that begins a dump of the Go runtime."""
    claim = self_end_claim(CAUSE, case, (2,))
    if claim is None:
        return None
    lines = [match.line for match in case.matches(CAUSE.id)]
    if any(_QUIT in line for log in case.logs for line in log.lines):
        claim.against("the dump was asked for with SIGQUIT", Weight.STRONG, grounds=Grounds.READ)
    return claim.verdict(f"{subject(case)} {_kind(lines)}")


def _kind(lines: list[str]) -> str:
    for line in reversed(lines):
        for text, kind in _KINDS:
            if text in line.lower():
                return f"panics: it {kind}"
    first = next((line for line in lines if "goroutine" not in line), lines[0])
    return f'panics: "{quote(first)}"'
