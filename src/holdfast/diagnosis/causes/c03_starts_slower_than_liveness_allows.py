"""The start takes longer than the liveness probe allows, and no startup probe guards it.

What happens
------------
The liveness probe begins while the process still starts. After `failureThreshold` refusals the
kubelet kills it, and the next life begins the same start from the beginning.

Why it hurts
------------
The service never comes up, or only when a start happens to be fast. Scaling and rollouts fail most
when nodes are busy, because starts are slower then.

How we know
-----------
The liveness probe is refused, the container never became ready, and its uptime lies in the window
after which a container that never answers is gone: initialDelaySeconds, plus failureThreshold - 1
periods, plus up to one period of phase.

What else it could be
---------------------
A probe on the wrong port (C01) and a socket that opens only after a dependency answers (C13) look
the same from outside; the log tells them apart.

Fix
---
Add a startupProbe whose budget covers the slowest measured start, and keep the liveness probe.

When the fix is wrong
---------------------
If the process never opens its port, a longer budget only delays the kill: see C01, C10, C13.

References
----------
docs/specs/causes.md 6.2 and 8 (C03), docs/specs/kubelet.md 1.9, SC05, SC06.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.evidence.probe_story import ProbeStory
from holdfast.diagnosis.probe_kill import (
    allowed_text,
    answers_elsewhere,
    kill_claim,
    listens_elsewhere,
    never_answered,
    probe_text,
)
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C03",
    title="it starts more slowly than its liveness probe allows",
    lookalikes=("C01", "C13", "C10", "A05"),
    probe_failure=ProbeFailure.NEVER_UP,
)

_ANSWERS = (Answer.REFUSED, Answer.TIMEOUT, Answer.UNREACHABLE)


def judge(case: Case) -> Verdict | None:
    """A liveness probe that is refused in a life too short to have started."""
    made = kill_claim(CAUSE, case, *_ANSWERS)
    if made is None:
        return None
    claim, story = made
    if story.name != "liveness" or story.probe.handler == "exec":
        return None
    never_answered(claim, story, Weight.MODERATE)
    _weigh_startup_probe(claim, case)
    _weigh_answer(claim, case, story)
    uptime = case.uptime_seconds
    if uptime is not None:
        claim.with_parameter("killed_after_seconds", uptime)
    if case.has_ended_log and not case.matches("A05", "A06", "A07", "A08"):
        text = "its log shows no failing dependency that would keep it from listening"
        claim.read(text, Weight.WEAK, None)
    claim.would_decide("how long a start takes without the probe, measured to the first answer")
    return claim.verdict(
        f"the liveness probe kills {case.kind} {case.name} before it has started: it allows "
        f"{allowed_text(story)} ({probe_text(story)}) and there is no startupProbe"
    )


def _weigh_startup_probe(claim: Claim, case: Case) -> None:
    if case.spec is None:
        return
    if case.spec.startup_probe is None:
        claim.suggested("it has no startupProbe", Weight.WEAK, case.spec_origin("startupProbe"))
    else:
        text = "a startupProbe guards the start: liveness begins only after its success"
        claim.against(text, Weight.STRONG, case.spec_origin("startupProbe"))


def _weigh_answer(claim: Claim, case: Case, story: ProbeStory) -> None:
    elsewhere = answers_elsewhere(case, story)
    if elsewhere:
        text = f"{elsewhere}: it has started"
        claim.against(text, Weight.STRONG, case.status_origin("ready"))
    ports = listens_elsewhere(case, story)
    if ports:
        text = f"it listens already, on another port than {story.probe.port} (measured)"
        claim.against(text, Weight.STRONG, case.measured_origin("ports"))
    refused = story.answers[Answer.REFUSED]
    if story.results and not refused:
        text = "the probe was never refused: something listens already"
        claim.against(text, Weight.MODERATE)
        claim.with_parameter("listens_already", "yes")
