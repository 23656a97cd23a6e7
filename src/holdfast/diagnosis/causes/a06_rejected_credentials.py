"""A dependency answers and rejects the credentials of the program.

What happens
------------
The connection stands, and the server refuses user, password, token or key. The program ends.

Why it hurts
------------
Every retry is another failed login: some servers lock the account, and the owners of the database
are alarmed too.

How we know
-----------
The last lines are the words that the server uses for a refused login, which differ from those for a
refused connection.

What else it could be
---------------------
No answer at all is A05. An unknown database or host is A07. When the Secret was rotated a short
time before, see F15. A refusal by the API server of the cluster is A29.

Fix
---
Correct the Secret and restart the consumers; check that the server got the same new password.

When the fix is wrong
---------------------
If the Secret is right, the account lacks a grant for this host or database, or the image sets its
password only when the data directory is empty.

References
----------
docs/specs/causes.md 8 (A06) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A06",
    title="a service that it needs rejects its credentials",
    lookalikes=("A05", "A07", "F15", "A29"),
    signatures=(
        Signature("password authentication failed", "postgres"),
        Signature("no password supplied", "postgres"),
        Signature("no pg_hba.conf entry", "postgres"),
        Signature("the server requested scram", "jvm", r"requested SCRAM\S*.{0,60}password"),
        Signature("scram", "any", r"SASL: SCRAM.*(password must be|authentication)"),
        Signature("role", "postgres", r"FATAL:\s+role \".*\" does not exist"),
        Signature("28p01", "postgres", r"\b28P01\b"),
        Signature("access denied for user", "mysql"),
        Signature("er_access_denied_error", "mysql"),
        Signature("login failed for user", "mssql"),
        Signature("ora-01017", "oracle"),
        Signature("noauth", "redis", r"\bNOAUTH\b"),
        Signature("wrongpass", "redis", r"\bWRONGPASS\b"),
        Signature(
            "invalid password", "redis", r"\bERR invalid password\b|invalid password for user"
        ),
        Signature("without any password configured", "redis"),
        Signature("invalid username-password pair", "redis"),
        Signature(
            "authentication failed", "mongo", r"(Mongo|SCRAM|auth error).*Authentication failed"
        ),
        Signature(
            "authentication failed",
            "any",
            r"^\S*(Error|Exception|fatal|error)\b.*authentication failed",
        ),
        Signature("sasl", "any", r"SASL.{0,40}(authentication|handshake) (failed|error|failure)"),
        Signature("saslauthentication", "jvm", r"SaslAuthentication(Failed)?(Exception|Error)"),
        Signature("authentication failure", "mongo", r"(sasl|mongo|scram).*authentication failure"),
        Signature("access_refused", "rabbit", r"\bACCESS_REFUSED\b"),
        Signature(
            "access refused",
            "rabbit",
            r"\b403\b.{0,20}access.refused",
        ),
        Signature("username or password not allowed", "rabbit"),
        Signature("probableauthenticationerror", "python"),
        Signature("authentication_failed", "clickhouse"),
        Signature(
            "security_exception", "elastic", r"security_exception.*(authenticate|credentials)"
        ),
        Signature("401 client error", "python", r"401 Client Error: Unauthorized for url"),
        Signature("status code 401", "any", r"(fail\w*|error|reject\w*)\b.*status code:? 401\b"),
        Signature("invalidaccesskeyid", "aws"),
        Signature("signaturedoesnotmatch", "aws"),
        Signature("expiredtoken", "aws", r"\bExpiredToken(Exception)?\b"),
        Signature("unable to locate credentials", "aws"),
        Signature("nocredentialproviders", "aws"),
        Signature("no valid credential sources", "aws"),
        Signature("could not find default credentials", "gcp"),
        Signature("could not automatically determine credentials", "gcp"),
        Signature("defaultcredentialserror", "gcp"),
        Signature("credentialunavailable", "azure", r"CredentialUnavailable(Error|Exception)"),
        Signature("unauthenticated", "grpc", r"code = Unauthenticated\b"),
        Signature("invalid_client", "any", r"\binvalid_client\b"),
        Signature("aadsts7000", "azure"),
        Signature("permission denied (publickey", "ssh"),
        Signature("invalid api key", "any", r"(error|fail\w*|exception)\b.*invalid api key"),
        Signature(
            "permission denied",
            "vault",
            r"Code: 403\b.*permission denied|vault.*\* permission denied",
        ),
    ),
)


def judge(case: Case) -> Verdict | None:
    """A line of the ended life in which a server refuses a login."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    user = caught(case, CAUSE.id, r"\b(?:user|role|login)[ :]+[\"']?([\w.-]+)[\"']")
    who = f" of user {user}" if user else ""
    if user:
        claim.with_parameter("user", user)
    return claim.verdict(
        f"{subject(case)} ends because a service it needs rejects the credentials{who}"
    )
