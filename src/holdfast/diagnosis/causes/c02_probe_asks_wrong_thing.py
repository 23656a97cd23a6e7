"""The probe asks for a path, scheme, host or protocol that the service does not have.

What happens
------------
The service answers the probe, but with 404, 401, another protocol or a TLS error. The kubelet
counts every status of 400 and above as a failure and kills a container that works.

Why it hurts
------------
No restart can change the answer: the container is killed after the same time in every life.

How we know
-----------
The Unhealthy event carries the status or the protocol error; a wrong request fails from the first
probe on.

What else it could be
---------------------
A status of 500 and more is the application speaking about itself or a dependency (C06, C07). A
redirect to another host, 300 and 304 count as success and never kill.

Fix
---
Correct the path, port, scheme or headers of the probe, or add the endpoint to the service.

When the fix is wrong
---------------------
If the path worked before, a release removed it: fix or roll back the release instead (F01).

References
----------
docs/specs/causes.md 8 (C02), docs/specs/kubelet.md 1.8.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer, status_code
from holdfast.diagnosis.evidence.probe_story import ProbeStory
from holdfast.diagnosis.probe_kill import kill_claim, never_answered
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C02",
    title="the probe asks for something that the service does not have",
    lookalikes=("C06", "C11", "F01"),
    # Without an answer that tells, a slow start is the more usual reason for the same kill.
    prior=-1,
    probe_failure=ProbeFailure.STATUS,
)

_ANSWERS = (Answer.WRONG_REQUEST, Answer.OTHER_PROTOCOL)


def judge(case: Case) -> Verdict | None:
    """Answers that blame the request, not the service."""
    made = kill_claim(CAUSE, case, *_ANSWERS)
    if made is None:
        return None
    claim, story = made
    if story.probe.handler not in ("httpGet", "grpc"):
        return None
    never_answered(claim, story, Weight.MODERATE)
    path = story.probe.http_get.path if story.probe.http_get else None
    asked = f"{path or '/'} " if story.probe.http_get else ""
    return claim.verdict(
        f"the {story.name} probe of {case.kind} {case.name} asks {asked}on port "
        f"{story.probe.port} and gets {_answer(story)}, so the kubelet kills it"
    )


def _answer(story: ProbeStory) -> str:
    results = story.results_with(*_ANSWERS)
    if not results:
        return "an answer that no event tells of any more"
    code = status_code(results[-1])
    return f"HTTP {code}" if code is not None else "an answer in another protocol"
