"""After a probe kill the process does not end by itself, and SIGKILL ends it at the grace limit.

What happens
------------
The kubelet sends SIGTERM after a failed probe. The process ignores it or drains too long, so the
kubelet waits `terminationGracePeriodSeconds` and then kills it with exit code 137.

Why it hurts
------------
Each restart costs the grace period on top, during which the sick container still gets traffic; and
137 makes a probe kill look like an out-of-memory kill.

How we know
-----------
A Killing event blames a probe and the life ended with 137 one grace period later, without a mark of
the OOM killer.

What else it could be
---------------------
An out-of-memory kill (group D) has no Killing event before it. A shell that swallows SIGTERM (G01)
and a program without a handler (G02) are the reasons behind this one.

Fix
---
Handle SIGTERM, or start the program with exec so that it is PID 1; a hung process deserves a short
`terminationGracePeriodSeconds` on its liveness probe.

When the fix is wrong
---------------------
If the process needs its grace to drain, shorten the drain, not the grace.

References
----------
docs/specs/causes.md 6.3 and 8 (C14), docs/specs/kubelet.md 2.3, Q13.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="C14",
    title="the stop after the probe kill uses up the grace period",
    lookalikes=("C15", "G01", "G02", "D01"),
)

# The floor of 2 s after a hook that used everything, and rounding on both ends (kubelet.md 2.3).
_SLACK_SECONDS = 3.0


def judge(case: Case) -> Verdict | None:
    """A probe kill that ended in 137 after the pod's own grace."""
    story = case.killing_story
    life = case.life
    if story is None or story.stop is None or life is None or not life.killed:
        return None
    if life.reason == "OOMKilled" or story.probe.termination_grace_period_seconds is not None:
        return None
    claim = Claim(CAUSE)
    grace = story.grace_seconds
    claim.observed("the life ended with exit code 137 (SIGKILL)", Weight.MODERATE, life.origin)
    if story.stop.seconds is not None:
        text = f"it ended {story.stop.seconds:.0f} s after the kill began; the grace is {grace} s"
        if abs(story.stop.seconds - grace) <= _SLACK_SECONDS:
            claim.inferred(text, Weight.STRONG, case.events.origin(story.stop.event))
        else:
            claim.against(text, Weight.MODERATE, case.events.origin(story.stop.event))
    claim.with_parameter("grace_seconds", float(grace))
    claim.leads_to("G01" if case.program.shell else "G02")
    return claim.verdict(
        f"{case.kind} {case.name} does not end on SIGTERM: after the {story.name} probe failed, "
        f"SIGKILL ended it at the grace limit of {grace} s (exit code 137)",
        Role.CONTRIBUTING,
    )
