"""The liveness endpoint itself reports a failure that a restart does not cure.

What happens
------------
The process answers its liveness probe promptly, but with a status of 500 or more (or NOT_SERVING):
its handler has decided that something is wrong, most often a database, a cache or another service
that it checks. The kubelet kills the container for it.

Why it hurts
------------
All replicas ask the same dependency, so all of them are killed together: an outage of one
dependency becomes an outage of the service, and the restarts come back as a storm of connections.

How we know
-----------
The Unhealthy events carry the status; the process is alive, since it answers. Replicas that fail at
the same time, or a log that names the dependency, point at what is checked.

What else it could be
---------------------
An error inside the process that only a restart removes, such as an exhausted pool (C07), or a probe
that asks for the wrong thing (C02, a status below 500).

Fix
---
Liveness must speak about the process only. Move checks of dependencies to the readiness endpoint;
then a failing dependency takes the pod out of traffic and nobody is killed.

When the fix is wrong
---------------------
If the status is the process's own broken state and a restart cures it, keep the probe and fix the
bug (C07). The body of the answer, which the kubelet does not record, tells.

References
----------
docs/specs/causes.md 8 (C06) and 11, docs/specs/kubelet.md 1.8.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer, status_code
from holdfast.diagnosis.evidence.probe_story import ProbeStory
from holdfast.diagnosis.probe_kill import kill_claim, may_have_killed, turned_text
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C06",
    title="its liveness endpoint reports a failure, as it does when it checks a dependency",
    lookalikes=("C07", "C02", "A05"),
    probe_failure=ProbeFailure.STATUS,
)

_ANSWERS = (Answer.SERVER_ERROR, Answer.NOT_SERVING)
_DEPENDENCY = ("A05", "A06", "A07", "A08")


def judge(case: Case) -> Verdict | None:
    """Prompt answers that say "not well"."""
    made = kill_claim(CAUSE, case, *_ANSWERS, unseen=True)
    if made is None:
        return None
    claim, story = made
    # While it starts, "not well" is the right answer: what a startup probe's budget is for (C08).
    if story.name != "liveness":
        return None
    if not story.results:
        return may_have_killed(claim, case, story)
    if not story.results_with(*_ANSWERS):
        return None
    text = "the process answers promptly, so it is not hung: its handler reports the failure"
    claim.suggested(
        text, Weight.MODERATE, case.events.origin(story.results_with(*_ANSWERS)[-1].event)
    )
    _weigh_siblings(claim, case)
    matches = case.matches(*_DEPENDENCY)
    if matches:
        claim.quotes(matches[-1]).leads_to("A05")
    namespace, name = case.pod.key
    claim.would_decide(
        f"the body of the answer, asked from inside the pod (kubectl exec -n {namespace} {name})",
        "whether other replicas fail at the same time",
    )
    # "turns to" for what was well before, "answers" for what may never have been.
    turns = "answers" if story.answered_seconds is None else "turns to"
    return claim.verdict(
        f"the {story.name} endpoint of {case.kind} {case.name} {turns} {_answer(story)}"
        f"{turned_text(story)}, so the kubelet kills it: liveness reports something that a "
        "restart does not cure"
    )


def _answer(story: ProbeStory) -> str:
    code = status_code(story.results_with(*_ANSWERS)[-1])
    return f"HTTP {code}" if code is not None else "NOT_SERVING"


def _weigh_siblings(claim: Claim, case: Case) -> None:
    siblings = case.context.siblings(case.pod)
    if not siblings:
        return
    killed = [p for p in siblings if case.context.events_of(p).probe_kills]
    if len(killed) == len(siblings):
        text = f"all {len(siblings) + 1} replicas are killed by their probes"
        claim.observed(text, Weight.STRONG)
    elif not killed:
        text = f"none of the {len(siblings)} other replicas is killed by a probe"
        claim.against(text, Weight.MODERATE)
