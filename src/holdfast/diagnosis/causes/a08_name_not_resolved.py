"""The name of a service that the program needs does not resolve.

What happens
------------
The program asks DNS for a host and gets no address: the name does not exist, or no server answers
the question. It gives up and ends.

Why it hurts
------------
It looks like an outage of the service although the service may be fine; with a broken cluster DNS
many workloads fail at the same moment.

How we know
-----------
The last lines use the words of the resolver: no such host, ENOTFOUND, Name or service not known,
UnknownHostException, curl error 6.

What else it could be
---------------------
A name that resolves to a port where nobody listens is A05. A URL without a usable form is A07. When
only pods of one node fail, look at that node's network and DNS first.

Fix
---
Name does not exist: correct the name, its namespace or the missing Service. No answer: repair
cluster DNS, or allow UDP and TCP 53 in the network policy.

When the fix is wrong
---------------------
If the short name fails and the full name works, the search list or ndots is at fault; images based
on musl read them differently.

References
----------
docs/specs/causes.md 8 (A08) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A08",
    title="a name that it needs does not resolve",
    lookalikes=("A05", "A07", "E11"),
    signatures=(
        Signature("no such host", "go", r"\blookup \S+.*no such host|no such host is known"),
        Signature("server misbehaving", "go", r"\blookup \S+.*server misbehaving"),
        Signature("lookup ", "go", r"\blookup \S+ on \S+:53: .*(i/o timeout|connection refused)"),
        Signature("lookup ", "go", r"\blookup [\w.-]+: (i/o timeout|Temporary failure)"),
        Signature("gaierror", "python"),
        Signature("name or service not known", "any"),
        Signature("temporary failure in name resolution", "any"),
        Signature("name does not resolve", "any"),
        Signature("no address associated with hostname", "any"),
        Signature("nodename nor servname provided", "any"),
        Signature("nameresolutionerror", "python"),
        Signature(
            "failed to resolve", "any", r"Failed to resolve '[\w.-]+'|failed to resolve host"
        ),
        Signature("unknownhostexception", "jvm"),
        Signature(
            "enotfound", "node", r"\b(getaddrinfo|queryA|querySrv)\b.*ENOTFOUND|ENOTFOUND [\w.-]+"
        ),
        Signature("eai_again", "node"),
        Signature("could not resolve", "any", r"could not resolve (host|proxy|hostname|name)"),
        Signature("couldn't resolve", "any", r"couldn't resolve (host|proxy|hostname|name)"),
        Signature("unable to resolve", "any", r"unable to resolve (host|name|hostname|address)"),
        Signature("bad address", "shell", r"^(wget|nc|ping|telnet|busybox)?:? ?bad address '"),
        Signature("could not translate host name", "postgres"),
        Signature("unknown mysql server host", "mysql"),
        Signature(
            "unknown host", "any", r"\b(getaddrinfo|ping|connect\w*|ssh|host)\b.*unknown host"
        ),
        Signature("failed to lookup address information", "rust"),
        Signature("getaddrinfo failed", "php"),
        Signature("getaddrinfo:", "ruby"),
        Signature("nxdomain", "any", r"can't find .*NXDOMAIN|\{:?nxdomain|:nxdomain\b"),
        Signature("no servers could be reached", "shell"),
        Signature("host not found in", "nginx", r"host not found in (upstream|resolver)"),
        Signature("unable to look up host", "any"),
        Signature(
            "dns.resolver.", "python", r"dns\.resolver\.(NoNameservers|NXDOMAIN|LifetimeTimeout)"
        ),
        Signature("no resolvable bootstrap urls", "jvm"),
    ),
)

# The server was asked and did not answer, so nothing is known about the name.
_NO_ANSWER = (
    r"(i/o timeout|server misbehaving|EAI_AGAIN|Temporary failure|no servers could|SERVFAIL)"
)


def judge(case: Case) -> Verdict | None:
    """A line of the ended life that a resolver wrote."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    host = _host(case)
    if host:
        claim.with_parameter("host", host)
    if caught(case, CAUSE.id, _NO_ANSWER):
        claim.would_decide(
            "whether cluster DNS answers: kubectl get pods -n kube-system -l k8s-app=kube-dns"
        )
        return claim.verdict(f"{subject(case)} gets no answer from DNS for {host or 'a name'}")
    return claim.verdict(f"{subject(case)} cannot resolve {host or 'a name it needs'}")


def _host(case: Case) -> str:
    host = r"([A-Za-z0-9_][\w.-]*\w)"
    return caught(
        case,
        CAUSE.id,
        rf"\blookup {host}",
        rf"\b(?:ENOTFOUND|EAI_AGAIN) {host}",
        rf"UnknownHostException: {host}",
        rf"\bhost name [\"']{host}",
        rf"(?:resolve|server host|bad address|upstream) (?:host:? )?[\"']?{host}",
        rf"host='{host}'",
        rf"find {host}: NXDOMAIN",
    )
