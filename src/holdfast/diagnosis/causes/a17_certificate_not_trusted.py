"""A certificate is expired, or its issuer is not known to the program.

What happens
------------
TLS fails because a certificate has run out, does not name the host, or was signed by an authority
that is not in the image's bundle. The program ends.

Why it hurts
------------
All clients fail in the same minute, often at night, and nothing was deployed.

How we know
-----------
The last lines hold the words of the TLS library: certificate has expired, unknown authority, PKIX
path building failed, self-signed certificate in certificate chain.

What else it could be
---------------------
The text not yet valid points to a clock (A28). Plain text that meets TLS is a wrong port or scheme
(A07). A renewed certificate that the process has not read again is F15.

Fix
---
Renew the certificate and reload its users; add the authority to the bundle. Alarm on the date of
expiry, not on the failure.

When the fix is wrong
---------------------
If the file is renewed and the error stays, the process still holds the old one: restart it once,
and make it reload.

References
----------
docs/specs/causes.md 8 (A17) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.verdict import Verdict

# Go says "has expired or is not yet valid" for both, and then which time lies before the other.
_EXPIRED = r"^(?!.*\bis before\b)(?!.*(?<!expired or is )not yet valid)"

CAUSE = Cause(
    id="A17",
    title="a certificate is expired or not trusted",
    lookalikes=("A28", "A07", "F15", "E15"),
    signatures=(
        Signature("x509: ", "go", rf"{_EXPIRED}.*x509: "),
        Signature("certificate has expired", "any", rf"{_EXPIRED}.*certificate has expired"),
        Signature("certificate expired", "any"),
        Signature("certificate_expired", "any"),
        Signature("certificate_verify_failed", "python", rf"{_EXPIRED}.*CERTIFICATE_VERIFY_FAILED"),
        Signature("certificate verify failed", "any", rf"{_EXPIRED}.*certificate verify failed"),
        Signature("pkix path", "jvm", r"PKIX path (building|validation) failed"),
        Signature("unable to find valid certification path", "jvm"),
        Signature("certificateexpiredexception", "jvm"),
        Signature("sslhandshakeexception", "jvm", r"SSLHandshakeException(?!.*not yet)"),
        Signature("cert_has_expired", "node"),
        Signature("self_signed_cert_in_chain", "node"),
        Signature("depth_zero_self_signed_cert", "node"),
        Signature("unable_to_verify_leaf_signature", "node"),
        Signature("unable_to_get_issuer_cert", "node"),
        Signature("err_tls_cert_altname_invalid", "node"),
        Signature(
            "self-signed certificate",
            "any",
            r"(error|fail\w*|verif\w*|curl).*self-signed certificate",
        ),
        Signature(
            "self signed certificate",
            "any",
            r"(error|fail\w*|verif\w*|curl).*self signed certificate",
        ),
        Signature("unable to get local issuer certificate", "any"),
        Signature("ssl certificate problem", "shell"),
        Signature("remote certificate is invalid", "dotnet"),
        Signature("tls: bad certificate", "go"),
        Signature("unknownissuer", "rust", r"invalid peer certificate: UnknownIssuer"),
        Signature("tls: expired certificate", "go"),
        Signature("cannot load certificate", "nginx", r"cannot load certificate"),
        Signature("private key does not match", "any"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a TLS library that rejects a certificate."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    expired = caught(case, CAUSE.id, r"\b(expired)\b", r"(CERT_HAS_EXPIRED)")
    host = caught(
        case,
        CAUSE.id,
        r"https://([\w.-]+(?::\d+)?)",
        r"host='([\w.-]+)'",
        r"valid for \S+, not ([\w.-]+)",
    )
    problem = "is expired" if expired else "is not trusted"
    whose = f" of {host}" if host else ""
    if host:
        claim.with_parameter("host", host)
    return claim.verdict(f"{subject(case)} ends because a certificate{whose} {problem}")
