"""The clock of the node is wrong, or it jumped.

What happens
------------
A token or certificate is not yet valid, or leases and timeouts end too early, because the clock of
one node differs from the others.

Why it hurts
------------
It hits all pods of one node and looks like a fault of their peers, who reject what comes from
there.

How we know
-----------
The last lines say that something is not valid yet, was issued in the future, or that the skew is
too large.

What else it could be
---------------------
An expired certificate is A17, a lost lease A16. A pod whose start lies after its end shows the same
fault in the API.

Fix
---
Repair time synchronisation on the node: chrony or systemd-timesyncd, and the clock of its host.

When the fix is wrong
---------------------
If all nodes agree, the other side's clock is wrong, or the certificate was made for a later date.

References
----------
docs/specs/causes.md 8 (A28) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

# Go says "has expired or is not yet valid" for both, and then which time lies before the other.
_EARLY = r"^(?!.*expired or is not yet valid(?!.*\bis before\b))"

CAUSE = Cause(
    id="A28",
    title="the clock is wrong",
    lookalikes=("A17", "A16", "E15"),
    signatures=(
        Signature(
            "not yet valid",
            "any",
            rf"{_EARLY}.*\b(certificate|token|x509|jwt|cert|TLS|signature|ssl)\b.*not yet valid",
        ),
        Signature("certificatenotyetvalid", "jvm"),
        Signature("cert_not_yet_valid", "node"),
        Signature("used before issued", "any", r"token used before issued"),
        Signature("issued in the future", "any"),
        Signature("immaturesignatureerror", "python"),
        Signature("requesttimetooskewed", "aws"),
        Signature(
            "clock skew",
            "any",
            r"clock skew.*(too (great|large|big)|exceed\w*|detected|error)|(error|fatal"
            r"|fail\w*).*clock skew",
        ),
        Signature(
            "clock drift",
            "any",
            r"clock drift.*(too (great|large|big)|exceed\w*)|(error|fatal|fail\w*).*clock drift",
        ),
        Signature("clock moved backwards", "any"),
        Signature("time jump", "any", r"(fatal|error|exit\w*).*time jump|time jump.*(exit|abort)"),
        Signature("signature not yet current", "aws"),
        Signature(
            "system clock",
            "any",
            r"system clock (time )?(is|was|jumped|went|set).{0,20}(wrong|back|behind|ahead"
            r"|synchroni[sz]ed)",
        ),
        Signature("clock synchronization error", "any", r"clock synchronization error"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """Words about times that cannot be, or a life that ended before it began."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    life = case.life
    started, finished = (life.started, life.finished) if life else (None, None)
    if life is not None and started is not None and finished is not None and finished < started:
        claim.observed(
            "it ended before it started, by its node's clock", Weight.STRONG, life.origin
        )
    where = f" of node {case.pod.spec.node_name}" if case.pod.spec.node_name else ""
    return claim.verdict(f"{subject(case)} ends because the clock{where} or of its peer is wrong")
