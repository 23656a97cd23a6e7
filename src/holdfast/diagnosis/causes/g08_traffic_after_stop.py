"""Requests still arrive after the stop has begun, and callers see errors.

What happens
------------
The pod is taken out of the endpoints while it already ends. Nothing orders the two, so for a moment
proxies send requests to a process that no longer listens.

Why it hurts
------------
Each rollout or scale-down produces a burst of 502 and 503, although every stop is clean and no
count grows.

How we know
-----------
The pod was stopped on request, has no preStop delay, and its log shows such answers or refused
connections at its end.

What else it could be
---------------------
Errors of the application itself are not tied to the stop.

Fix
---
A preStop sleep of a few seconds, and a grace that covers it together with the drain.

When the fix is wrong
---------------------
If a proxy keeps connections open for minutes, a few seconds do not help: close them on shutdown.

References
----------
docs/specs/causes.md 8 (G08), docs/specs/kubelet.md 5.5.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.diagnosis.slow_stop import asked_stop
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="G08",
    title="requests arrive after the stop has begun",
    signatures=(
        Signature('" 50', "any", r'HTTP/[\d.]+" 50[23]\b', Weight.MODERATE),
        Signature("upstream", "nginx", r"connect\(\) failed .* connecting to upstream"),
        Signature("upstream connect error", "envoy"),
    ),
)

# The last lines of a life that was stopped; a judgement.
_LAST_LINES = 50


def judge(case: Case) -> Verdict | None:
    """Errors at the end of the log of a container that was stopped on request."""
    life = case.life
    matches = [
        match
        for match in case.matches(CAUSE.id)
        if len(match.log.lines) - match.position <= _LAST_LINES
    ]
    if life is None or not matches or life.killed:
        return None
    stop = asked_stop(case)
    deleted = bool(case.pod.metadata.deletion_timestamp)
    requested = case.stop is not None and case.stop.kind is StopKind.STOPPED
    if stop is None or not (deleted or requested):
        return None
    claim = Claim(CAUSE).quotes(*matches)
    lifecycle = case.spec.lifecycle if case.spec else None
    if lifecycle is None or lifecycle.pre_stop is None:
        text = "it has no preStop delay"
        claim.observed(text, Weight.MODERATE, case.spec_origin("lifecycle"))
    else:
        claim.against("it has a preStop hook", Weight.MODERATE, case.spec_origin("lifecycle"))
    return claim.verdict(
        f"{case.kind} {case.name} was still sent requests while it stopped, and callers saw errors",
        Role.HAZARD,
    )
