"""Host, port, scheme or database name of a dependency is wrong.

What happens
------------
The program reaches a server, but not the one or not in the way it needs: the database does not
exist, the port speaks another protocol, or the URL has no usable form.

Why it hurts
------------
It looks like an outage of the dependency, and people search on the wrong side.

How we know
-----------
The server says that it does not know the database, the virtual host or the service name; or the
client says that the URL is malformed or that plain text met TLS.

What else it could be
---------------------
No answer is A05, and a name that does not resolve is A08. A database that a migration should have
made is A23.

Fix
---
Correct the value or URL in the environment or configuration.

When the fix is wrong
---------------------
If the name is right, the database was lost or never created: look at the server's volume and its
init scripts.

References
----------
docs/specs/causes.md 8 (A07) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A07",
    title="the address of a service that it needs is wrong",
    lookalikes=("A05", "A08", "A06", "A23"),
    signatures=(
        Signature("does not exist", "postgres", r"\bdatabase \"[^\"]+\" does not exist"),
        Signature("3d000", "postgres", r"\b3D000\b"),
        Signature("unknown database", "mysql", r"Unknown database '"),
        Signature("er_bad_db_error", "mysql"),
        Signature(
            "requested by the login", "mssql", r"Cannot open database .* requested by the login"
        ),
        Signature("ora-125", "oracle", r"ORA-125(05|14|16)\b"),
        Signature("vhost", "rabbit", r"vhost '?[^ ]*'? not found|no access to vhost"),
        Signature("db index is out of range", "redis"),
        Signature("unknown_database", "clickhouse", r"UNKNOWN_DATABASE"),
        Signature(
            "invalid url", "any", r"\b(TypeError|Error|InvalidURL\w*|fatal)\b.*\bInvalid URL\b"
        ),
        Signature("err_invalid_url", "node"),
        Signature("missingschema", "python", r"MissingSchema: Invalid URL"),
        Signature("could not parse rfc1738 url", "python"),
        Signature("could not parse sqlalchemy url", "python"),
        Signature("unsupported protocol scheme", "go"),
        Signature("first path segment in url cannot contain colon", "go"),
        Signature("missing port in address", "go"),
        Signature("too many colons in address", "go"),
        Signature("invalid port", "any", r"(parse|url|address|port)\b.*\binvalid port\b"),
        Signature("server gave http response to https client", "go"),
        Signature("first record does not look like a tls handshake", "go"),
        Signature("wrong_version_number", "any", r"WRONG_VERSION_NUMBER"),
        Signature("wrong version number", "any", r"(ssl|tls).*wrong version number"),
        Signature("no suitable driver", "jvm", r"No suitable driver( found)?\b"),
        Signature("invalid connection string", "any"),
        Signature("invalid dsn", "any", r"invalid dsn"),
        Signature("cannot parse `", "go", r"cannot parse `.*`: failed to parse"),
        Signature("mongoparseerror", "node"),
        Signature("is not a valid", "any", r"is not a valid (host|address|url|uri)"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """A line of the ended life in which a server or a client rejects an address."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    database = caught(case, CAUSE.id, r"database [\"']([^\"']+)[\"']")
    if database:
        claim.with_parameter("database", database)
        return claim.verdict(f"{subject(case)} asks for database {database}, which does not exist")
    return claim.verdict(f"{subject(case)} has a wrong address for a service that it needs")
