"""A token or password was rotated, the process keeps the old one, is refused and ends.

What happens
------------
The process reads a secret at its start only. After the rotation it works until the old one expires,
is refused, and ends; the next life reads the new one and works for the same time again.

Why it hurts
------------
It fails long after any change, at a constant distance that nobody connects with a token.

How we know
-----------
The ended life ran for long, and its log ends with an expired token or credential.

What else it could be
---------------------
Wrong credentials (A06) are refused from the start. An expired certificate (A17) names x509.

Fix
---
Reload the mounted secret when it changes; use client libraries that refresh tokens.

When the fix is wrong
---------------------
Restarting on a timer hides it and fails when the timer drifts past the rotation.

References
----------
docs/specs/causes.md 6.1 and 8 (F15).
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import log_claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.evidence import Grounds, Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="F15",
    title="a rotated secret or token was not reloaded",
    lookalikes=("A06", "A17", "A25"),
    signatures=(
        Signature(
            "expired",
            "any",
            r"\b(token|jwt|credentials?|secret|session|password)\b"
            r"[^.;]{0,40}\b(has|have|is|are|was|were)?\s*expired",
        ),
        Signature("expiredtoken", "aws", r"\bExpiredToken(Exception)?\b"),
        Signature("expired", "any", r"\bexpired (token|credentials?|secret|jwt)\b"),
        # k8s.io/apimachinery api/errors: the text of 401 from the API server.
        Signature("has asked for the client to provide credentials", "go"),
        Signature("invalid bearer token", "go"),
    ),
)

# A life shorter than this never had a valid token: the kubelet's shortest token life is 600 s.
_WORKED_SECONDS = 600.0
# Tokens of service accounts and of the large clouds live for an hour or longer: who is refused
# after that had a valid one at its start.
_TOKEN_SECONDS = 3600.0
# Two lives of the same length within this share follow a fixed period.
_SAME_SHARE = 0.1


def judge(case: Case) -> Verdict | None:
    """A log that ends with an expired secret, after a life in which it worked."""
    claim = log_claim(CAUSE, case)
    if claim is None:
        return None
    uptime = case.uptime_seconds
    if uptime is not None and case.life is not None:
        if uptime >= _WORKED_SECONDS:
            text = f"it worked for {uptime / 60:.0f} min before"
            weight = Weight.STRONG if uptime >= _TOKEN_SECONDS else Weight.MODERATE
            claim.inferred(text, weight, case.life.origin)
        else:
            text = f"it was refused within {uptime:.0f} s of its start: no rotation lies between"
            claim.against(text, Weight.STRONG, case.life.origin, Grounds.INFERRED)
    _weigh_period(claim, case)
    after = f" after {uptime / 60:.0f} min" if uptime is not None else ""
    return claim.verdict(
        f"{case.kind} {case.name or 'of the log'} was refused with an expired secret{after}: it "
        "reads the secret at its start only"
    )


def _weigh_period(claim: Claim, case: Case) -> None:
    uptimes = [life.uptime_seconds for life in case.lives if life.uptime_seconds]
    if len(uptimes) > 1 and min(uptimes) >= _WORKED_SECONDS:
        spread = (max(uptimes) - min(uptimes)) / max(uptimes)
        if spread <= _SAME_SHARE:
            claim.inferred("both known lives were of the same length", Weight.MODERATE)
