"""A licence has run out, or a cloud service refuses because of a quota.

What happens
------------
At its start the program checks its licence or calls a cloud service. The answer is a refusal that
has nothing to do with the cluster, and the program ends.

Why it hurts
------------
All replicas and all clusters with the same licence or account fail together; restarts only add
calls to a quota that is used up.

How we know
-----------
The last lines speak of a licence that is expired or invalid, of a quota that is exceeded, or of too
many requests.

What else it could be
---------------------
Refused credentials are A06. Limits on pulling images are B08, and quotas of a namespace S03.

Fix
---
Renew the licence, or have the quota raised; call the service with a growing pause.

When the fix is wrong
---------------------
If only one replica fails, a seat or node limit of the licence is reached: fewer replicas help at
once.

References
----------
docs/specs/causes.md 8 (A24) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.verdict import Verdict

_LICENCE = r"\blicen[sc]e( key| file)?\b"

CAUSE = Cause(
    id="A24",
    title="a licence or a quota refuses it",
    lookalikes=("A06", "A05", "S03"),
    signatures=(
        Signature(
            "licens",
            "any",
            rf"{_LICENCE}.{{0,60}}\b(expired|invalid|not valid|has ended|missing|not found"
            rf"|exceeded)\b",
        ),
        Signature(
            "licens",
            "any",
            rf"\b(expired|invalid|no valid|missing|unable to (find|validate|verify))\b"
            rf".{{0,30}}{_LICENCE}",
        ),
        Signature("licence", "any", rf"{_LICENCE}.{{0,60}}\b(expired|invalid|not valid)\b"),
        Signature("quota exceeded", "any", r"^(?!.*disk quota).*\bquota exceeded"),
        Signature("quotaexceeded", "any"),
        Signature("resource_exhausted", "any", r"RESOURCE_EXHAUSTED.*quota"),
        Signature("throttlingexception", "aws"),
        Signature("rate exceeded", "aws"),
        Signature("requestlimitexceeded", "aws"),
        Signature("toomanyrequestsexception", "aws"),
        Signature("ratelimitexceeded", "gcp"),
        Signature("insufficient_quota", "any"),
        Signature("429 client error", "python"),
        Signature("status code 429", "any", r"(fail\w*|error|reject\w*)\b.*status code:? 429\b"),
        Signature("403 client error", "python", r"403 Client Error: Forbidden for url"),
        Signature(
            "accessdeniedexception",
            "aws",
            r"\bAccessDeniedException\b(?!: /).*(is not authorized|arn:)",
        ),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a licence check or of a quota."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    licence = caught(case, CAUSE.id, rf"({_LICENCE})")
    what = "its licence is refused" if licence else "a service refuses it for its quota"
    return claim.verdict(f"{subject(case)} ends because {what}")
