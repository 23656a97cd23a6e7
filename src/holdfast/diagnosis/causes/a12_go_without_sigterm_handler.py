"""A Go program is told to stop and ends at once, because nothing handles SIGTERM.

What happens
------------
As PID 1 a Go program without a handler ends on SIGTERM at once: with exit code 2 up to Go 1.26.0,
with 143 on Go 1.27.3. It prints nothing.

Why it hurts
------------
Open requests are cut off, and exit code 2 is taken for a panic that nobody can find.

How we know
-----------
The program is written in Go, the code is 2 or 143, the log holds neither panic nor goroutines, and
an event or the uptime tells of a stop.

What else it could be
---------------------
A panic (A11) prints a dump. Wrong usage (A30) prints how to call the program. What sent the signal
is a cause of its own: a probe (group C), the node (E) or an owner (F).

Fix
---
Handle SIGTERM with signal.NotifyContext and shut the server down; then look for who sent the
signal.

When the fix is wrong
---------------------
The handler makes the stop clean, but does not end the restarts: whoever sends the signal goes on.

References
----------
docs/specs/causes.md 5.3 and 8 (A12).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.lives import Life
from holdfast.diagnosis.evidence.program import SIGTERM_EXIT_CODES
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.diagnosis.self_end import subject
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.runtime import Runtime
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="A12",
    title="a Go program has no handler for SIGTERM",
    lookalikes=("A11", "A30", "C06", "G05"),
)

_CODES = SIGTERM_EXIT_CODES[Runtime.GO]
_PANIC_CODE = 2
# Other texts that explain exit code 2 without a signal.
_OTHER_TEXT = ("A03", "A05", "A11", "A30", "A35")
# Forms of lines that loggers of Go write: the log package, logrus and slog, zap.
_GO_LINE = regex(
    r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(\.\d+)? (?!\[)|^time=\S+ level=\w+ msg="
    r'|^\{"level":"\w+","ts":|^\{"time":"[^"]+","level":"[A-Z]+","msg":'
)
_SENDERS = {
    StopKind.LIVENESS: ("C06", "C03"),
    StopKind.STARTUP: ("C08",),
    StopKind.POST_START: ("B11",),
    StopKind.DEFINITION: ("F01",),
    StopKind.RESIZE: ("F04",),
    StopKind.RESTART_ALL: ("F13",),
    StopKind.STOPPED: ("G05",),
}


def judge(case: Case) -> Verdict | None:
    """Exit 2 or 143 of a Go program without a dump; strong only with evidence of a stop."""
    life = case.life
    if life is None or life.exit_code not in _CODES or case.matches(*_OTHER_TEXT):
        return None
    because = _known_as_go(case)
    if not because:
        return None
    claim = Claim(CAUSE).suggested(
        f"it is a Go program ({because}): it ends on SIGTERM with 2 or 143 unless it handles it",
        Weight.MODERATE,
    )
    if case.has_ended_log:
        claim.read("its log holds no panic and no goroutines", Weight.WEAK)
    else:
        namespace, name = case.pod.key
        claim.would_decide(
            "whether it panicked: kubectl logs --previous "
            f"-n {namespace} {name} -c {case.name} | grep -E 'panic:|goroutine'"
        )
    if _add_stop(claim, case, life):
        summary = f"{subject(case)} does not handle SIGTERM: it was stopped and ended at once"
        return claim.verdict(f"{summary} with exit code {life.exit_code}", Role.CONTRIBUTING)
    claim.would_decide("who sent the signal: kubectl events (kept for one hour)")
    return claim.verdict(
        f"{subject(case)} ended with exit code {life.exit_code} and no panic: probably a SIGTERM "
        "that it does not handle"
    )


def _known_as_go(case: Case) -> str:
    if case.program.runtime is Runtime.GO:
        return f"known by {case.program.because}"
    if case.program.runtime is not Runtime.UNKNOWN:
        return ""
    for log in case.logs:
        if any(_GO_LINE.search(line) for line in log.lines[-50:]):
            return "known by the form of its log"
    return ""


def _add_stop(claim: Claim, case: Case, life: Life) -> bool:
    stop = case.stop
    if stop is not None and stop.direct:
        text = f'the kubelet stopped it: "{quote(stop.event.message)}"'
        claim.observed(text, Weight.STRONG, case.events.origin(stop.event))
        claim.leads_to(*_SENDERS[stop.kind])
        return True
    story = case.killing_story
    if story is not None:
        text = f"its uptime fits a kill by its {story.name} probe"
        claim.inferred(text, Weight.MODERATE, life.origin)
        claim.leads_to("C08" if story.name == "startup" else "C06")
        return True
    return False
