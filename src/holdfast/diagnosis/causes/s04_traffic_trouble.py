"""Requests fail on their way although the containers run: routing, network or latency.

What happens
------------
A proxy in the pod logs that it cannot reach its upstream or waits too long. No container ends.

Why it hurts
------------
Users see errors, and the restart count that everybody looks at stays 0.

How we know
-----------
The log of the running life holds a proxy's own words for upstream trouble, and nothing restarted.

What else it could be
---------------------
When the upstream is a container that restarts, its own cause is the answer. Errors only while pods
are replaced are G08.

Fix
---
Look at the Service's endpoints and ports, at NetworkPolicies, and at the latency of the upstream.

When the fix is wrong
---------------------
A few such lines during a rollout are ordinary.

References
----------
docs/specs/causes.md 8 (S04).
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="S04",
    title="requests fail on their way, and nothing restarts",
    lookalikes=("G08", "S02"),
    signatures=(
        Signature("upstream timed out", "nginx", weight=Weight.MODERATE),
        Signature("no live upstreams", "nginx", weight=Weight.MODERATE),
        Signature("while connecting to upstream", "nginx", weight=Weight.MODERATE),
        Signature("no healthy upstream", "envoy", weight=Weight.MODERATE),
        Signature("upstream connect error or disconnect", "envoy", weight=Weight.MODERATE),
    ),
)


def judge(case: Case) -> Verdict | None:
    """A proxy's complaints in the log of a container that has never ended."""
    if case.restarts or case.life is not None:
        return None
    matches = tuple(m for m in case.current_log_matches if m.cause == CAUSE.id)
    if not matches:
        return None
    claim = Claim(CAUSE).quotes(*matches)
    summary = f"{case.kind} {case.name} cannot reach its upstream; nothing restarts because of it"
    return claim.verdict(summary, Role.HAZARD)
