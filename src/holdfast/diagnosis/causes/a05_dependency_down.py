"""A service that the program needs at its start does not answer.

What happens
------------
The program connects to a database, a queue or another service at its start, gets no connection,
uses up its own retries and ends.

Why it hurts
------------
An outage of one service becomes a crash loop of all its consumers, and the back-off keeps them down
for up to five minutes after it is back.

How we know
-----------
The last lines name a host and port and say that the connection was refused or timed out. Lives are
of about the same length, because the program's own retry budget decides it.

What else it could be
---------------------
A wrong port is refused as well (A07): compare it with the Service. A name that does not resolve is
A08. An answer that refuses the login is A06. The API server is A29.

Fix
---
Retry inside the process, or wait in an init container; repair the dependency first. Do not put the
dependency into a liveness probe.

When the fix is wrong
---------------------
A wait hides the fault when the address is wrong: first reach the dependency from another pod.

References
----------
docs/specs/causes.md 8 (A05) and 10.
"""

import re

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import NOT_API_SERVER, caught, self_end_claim, subject
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

_REACH = r"(connect\w*|dial|reach\w*|contact\w*|broker|server|database|host)"

# Drivers wrap every fault in the same words; what names its reason belongs to A06, A07, A08 or A17.
_NO_REASON = (
    rf"{NOT_API_SERVER}(?!.*(authenticat|password|denied|auth:|does not exist|no such host|x509"
    r"|ENOTFOUND|EAI_AGAIN|UnknownHost|certificate|not known|name resolution|translate host))"
)

CAUSE = Cause(
    id="A05",
    title="a service that it needs does not answer",
    lookalikes=("A07", "A08", "A06", "A29", "C13"),
    signatures=(
        Signature(
            "connection refused",
            "any",
            rf"{NOT_API_SERVER}(?!.*\blookup \S+ on ).*connection refused",
        ),
        Signature("refused", "jvm", r"Connection to \S+:\d+ refused"),
        # errno of Python's asyncio and of node, which name no words
        Signature("errno 111", "python", NOT_API_SERVER),
        Signature("econnrefused", "node", NOT_API_SERVER),
        Signature("connectionrefusederror", "python", NOT_API_SERVER),
        Signature("i/o timeout", "go", rf"{NOT_API_SERVER}.*dial (tcp|udp) (?!.*lookup )"),
        Signature("etimedout", "node", rf"{NOT_API_SERVER}.*connect ETIMEDOUT"),
        Signature("ehostunreach", "node", NOT_API_SERVER),
        Signature("no route to host", "any", NOT_API_SERVER),
        Signature("network is unreachable", "any", rf"{NOT_API_SERVER}(?!.*lookup )"),
        Signature(
            "timed out", "any", rf"{NOT_API_SERVER}.*\bconnect(ion|ing)?\b.{{0,60}}\btimed out"
        ),
        Signature("timeout", "any", rf"{NOT_API_SERVER}.*\bconnect(ion)? ?time-?out"),
        Signature("timeout expired", "postgres", r"(connection|Operational).*timeout expired"),
        Signature("communications link failure", "jvm"),
        Signature(
            "could not connect to server", "postgres", rf"{_NO_REASON}.*could not connect to server"
        ),
        Signature(
            "can't connect to",
            "mysql",
            rf"{_NO_REASON}.*can't connect to (local )?(MySQL|MariaDB|server)",
        ),
        Signature("serverselectiontimeouterror", "python", _NO_REASON),
        Signature("mongoserverselectionerror", "node", _NO_REASON),
        Signature("mongotimeoutexception", "jvm", _NO_REASON),
        Signature("can't reach database server at", "node"),
        Signature("network-related or instance-specific error", "mssql"),
        Signature("server selection", "go", rf"{_NO_REASON}.*server selection (error|timeout)"),
        Signature("no brokers available", "python"),
        Signature("nobrokersavailable", "python"),
        Signature("out of available brokers", "go"),
        Signature("broker may not be available", "jvm"),
        Signature("all brokers are down", "any"),
        Signature("none of the configured nodes", "any", r"None of the configured nodes"),
        Signature("connectexception", "jvm", rf"{_NO_REASON}.*\bConnectException: "),
        Signature("unable to connect to redis", "jvm"),
        Signature("error connecting to redis", "python", r"Error( \d+)? connecting to redis"),
        Signature("redisconnectionexception", "any", _NO_REASON),
        Signature("brokerunreachableexception", "dotnet", _NO_REASON),
        Signature("amqpconnectionerror", "python", r"pika\.exceptions\.AMQPConnectionError"),
        Signature("failed to connect to", "any", rf"{_NO_REASON}.*failed to connect to .*:\d+"),
        Signature(
            "after",
            "any",
            rf"{_NO_REASON}.*\b(giving up|gave up|unable|fail\w*)\b.{{0,60}}\b{_REACH}\b.{{0,60}}"
            r"\bafter \d+ (attempts|retries|tries|seconds)",
        ),
        Signature("is not reachable", "any", rf"{NOT_API_SERVER}.*is not reachable"),
        Signature("econnreset", "node", r"\bconnect ECONNRESET"),
        # aiohttp and anyio (httpx) name neither errno nor reason
        Signature("connect call failed", "python", rf"{NOT_API_SERVER}.*Connect call failed"),
        Signature("all connection attempts failed", "python"),
        Signature("cannot connect to the docker daemon", "docker"),
        # curl of init containers and jobs: 7 refused, 28 timeout
        Signature("curl: (", "shell", r"curl: \((7|28)\)"),
    ),
)

# A host with a port, but neither a time of day nor a line of a source file ("main.go:81").
_NAMED_PORT = (
    r"(?<![\w:./-])(?!\S+\.(?:go|py|m?js|ts|java|rb|rs|c|cc|cpp|cs|php):)"
    r"((?=[\w.-]*[A-Za-z.])[\w][\w.-]*\w:\d{2,5})\b(?![:.]\d)"
)
_OWN_ADDRESS = regex(r"\b(127\.0\.0\.1|localhost|\[?::1\]?)\b")


def judge(case: Case) -> Verdict | None:
    """A line of the ended life that got no connection."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    target = _target(case)
    if target:
        claim.with_parameter("target", target)
    if _OWN_ADDRESS.match(target):
        claim.would_decide(
            f"who should listen on {target} in this pod: a sidecar that starts later, or a default "
            "address that was never configured (A07)"
        )
    elif target:
        claim.would_decide(
            f"whether {target} has endpoints: kubectl get endpointslices -A; with endpoints on "
            "another port it is A07"
        )
    return claim.verdict(f"{subject(case)} cannot reach {target or 'a service it needs'}")


def _target(case: Case) -> str:
    host = r"[\w][\w.-]*[\w]"
    found = caught(
        case,
        CAUSE.id,
        rf"\bdial (?:tcp|udp) (\[[0-9a-f:]+\]:\d+|{host}:\d+)",
        rf"\b(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ECONNRESET) ({host}:\d+)",
        rf"host='({host}', port=\d+)",
        rf"(?:at|to) (?:server at )?\"({host}\"(?: \([^)]*\))?, port \d+)",
        rf"Connection to ({host}:\d+) refused",
        rf"connecting to ({host}:\d+)",
        rf"://(?:[^@/ ]*@)?({host}:\d+)",
        rf"server (?:on|at) '({host}(?::\d+)?)'",
        _NAMED_PORT,
        rf"connect to ({host}(?: port \d+)?)",
    )
    port = re.match(rf"({host})['\"].*port[= ](\d+)", found)
    return f"{port[1]}:{port[2]}" if port else found.replace(" port ", ":")
