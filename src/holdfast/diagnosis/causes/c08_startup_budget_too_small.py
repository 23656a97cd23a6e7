"""The startup probe gives up before the container has started.

What happens
------------
The startup probe fails `failureThreshold` times and the kubelet kills the container. The budget is
shorter than it looks: (failureThreshold - 1) periods plus the phase of the first probe, not
failureThreshold periods.

Why it hurts
------------
The container never comes up; where starts vary, it comes up now and then, which hides the cause.

How we know
-----------
The Killing event names the startup probe, and the uptime lies in the window of its numbers. After a
crash during the start the next life has less: failures add up until a success.

What else it could be
---------------------
A wrong port or path that would never pass (C01, C02), a socket that waits for a dependency (C13).

Fix
---
A larger `failureThreshold`, sized by the slowest measured start; the period stays short, so that a
fast start is noticed at once.

When the fix is wrong
---------------------
If the service does not start at all, a larger budget only delays the kill.

References
----------
docs/specs/causes.md 6.2 and 8 (C08), docs/specs/kubelet.md 1.6, 1.9, Q4, Q43.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.probe_kill import allowed_text, kill_claim, probe_text, window_text
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C08",
    title="its startup probe gives up before it has started",
    lookalikes=("C01", "C02", "C13"),
    # A request that can never succeed (C02) fails from the first deploy on and is soon mended; a
    # budget that is too small stays unnoticed until starts become slower.
    prior=3,
    probe_failure=ProbeFailure.NEVER_UP,
)

_NO_MATTER_OF_TIME = (Answer.WRONG_REQUEST, Answer.OTHER_PROTOCOL, Answer.NO_HEALTH_SERVICE)


def judge(case: Case) -> Verdict | None:
    """A kill by the startup probe."""
    if case.probe("startup") is None:
        return None
    made = kill_claim(CAUSE, case)
    if made is None or made[1].name != "startup":
        return None
    claim, story = made
    life = case.life
    if story.fits and story.stop is not None and life is not None:
        text = (
            f"it lived {life.uptime_seconds:.0f} s: a container that never answers is gone after "
            f"{window_text(story)}"
        )
        claim.inferred(text, Weight.MODERATE, life.origin)
    if story.last_answer in _NO_MATTER_OF_TIME:
        text = "it answers already, with something that a longer start would not change"
        claim.against(text, Weight.STRONG)
    if case.uptime_seconds is not None:
        claim.with_parameter("killed_after_seconds", case.uptime_seconds)
    claim.would_decide("how long a start takes, measured to the first good answer")
    return claim.verdict(
        f"the startup probe kills {case.kind} {case.name} before it has started: its budget is "
        f"{allowed_text(story)} ({probe_text(story)})"
    )
