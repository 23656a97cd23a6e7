"""A container was not ready for a while, and nothing restarted because of it.

What happens
------------
The readiness probe fails, so the pod's address leaves the endpoints of its Services. The kubelet
does not restart a container for its readiness.

Why it hurts
------------
Requests go to fewer pods, or to none when all replicas share the reason.

How we know
-----------
Readiness failures are reported, at least as many as the probe's failureThreshold, and they are
answers of the service: refused connections belong to every ordinary start. A probe whose results
the kubelet discards keeps the pod unready as well.

What else it could be
---------------------
The same reason behind liveness ends in kills: C04, C06. All pods of a node unready for a moment
after a restart of the kubelet: C16.

Fix
---
Look at what the readiness endpoint checks. Dependencies belong here rather than into liveness; a
dependency that every replica shares takes all of them away at once.

When the fix is wrong
---------------------
During a planned drain or a warm-up, not being ready is what readiness is for.

References
----------
docs/specs/causes.md 2.4 and 8 (S02), docs/specs/kubelet.md 1.8, Q7.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.pod_events import ProbeResult
from holdfast.diagnosis.evidence.probe_answers import Answer, classify
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="S02",
    title="it is not ready, and that restarts nothing",
    lookalikes=("C06", "C04", "C16"),
)


def judge(case: Case) -> Verdict | None:
    """Failed readiness of a container that has not ended."""
    if case.status is None or case.status.state.running is None or case.restarts or case.life:
        return None
    probe = case.probe("readiness")
    results = case.probe_results("readiness")
    handler = probe.handler if probe is not None else ""
    counted = [r for r in results if classify(r, handler) is not Answer.REFUSED]
    claim = Claim(CAUSE)
    if not case.status.ready:
        claim.observed("it runs and is not ready", Weight.STRONG, case.status_origin("ready"))
        counted = counted or list(results)
    _weigh_failures(claim, case, counted, probe.failures if probe is not None else 1)
    if claim.score <= 0:
        return None
    newest = f": {quote(counted[-1].output)}" if counted else ""
    when = "is not ready" if not case.status.ready else "was not ready for a while"
    return claim.verdict(f"{case.kind} {case.name} {when}{newest}; it has never restarted")


def _weigh_failures(claim: Claim, case: Case, counted: list[ProbeResult], threshold: int) -> None:
    times = sum(result.times for result in counted)
    if times < threshold or not counted:
        return
    newest = counted[-1]
    discarded = " (the kubelet discards this result)" if newest.discarded else ""
    claim.observed(
        f'its readiness probe failed at least {times} times: "{quote(newest.output)}"{discarded}',
        Weight.STRONG,
        case.events.origin(newest.event),
    )
