"""The program needs the API server of the cluster, which does not answer or refuses it.

What happens
------------
An in-cluster client gets no connection to the API server, or is not allowed what it asks for, and
ends.

Why it hurts
------------
An outage of the control plane, even a planned one, shows as restarts of controllers in many
namespaces.

How we know
-----------
The last lines name the API server's service address or kubernetes.default and a refusal, or hold
the API's words for a missing right: user system:serviceaccount:... cannot list.

What else it could be
---------------------
A dependency that is not the API server is A05. A lost lease (A16) is often what follows. In the
first half minute after a node's start the network is often not ready.

Fix
---
Unreachable: look at the control plane and the pod network. Forbidden: add the rule to the Role of
the service account. Retry instead of ending.

When the fix is wrong
---------------------
When only one service account fails, the control plane is healthy: it is the Role.

References
----------
docs/specs/causes.md 8 (A29) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import API_SERVER, caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

_FORBIDDEN = r"(cannot|is forbidden)"

CAUSE = Cause(
    id="A29",
    title="the API server does not answer or refuses it",
    lookalikes=("A16", "A05", "A08", "E05", "E15"),
    signatures=(
        Signature("connection refused", "any", rf"{API_SERVER}.*connection refused"),
        Signature("econnrefused", "node", rf"ECONNREFUSED.*{API_SERVER}"),
        Signature("i/o timeout", "any", rf"{API_SERVER}.*i/o timeout"),
        Signature("no route to host", "any", rf"{API_SERVER}.*no route to host"),
        Signature("network is unreachable", "any", rf"{API_SERVER}.*network is unreachable"),
        Signature("context deadline exceeded", "any", rf"{API_SERVER}.*context deadline exceeded"),
        Signature("client.timeout exceeded", "any", rf"{API_SERVER}.*Client\.Timeout exceeded"),
        Signature("tls handshake timeout", "any", rf"{API_SERVER}.*TLS handshake timeout"),
        Signature("max retries exceeded", "python", rf"host='?{API_SERVER}"),
        Signature("connect timed out", "jvm", rf"{API_SERVER}.*timed out"),
        Signature("is forbidden: user", "any"),
        Signature("system:serviceaccount:", "any", rf'"system:serviceaccount:[^"]+" {_FORBIDDEN}'),
        Signature("the server has asked for the client to provide credentials", "go"),
        Signature(
            "forbidden",
            "any",
            r"kubernetes\S*Exception.*Forbidden|Forbidden!Configured service account",
        ),
        Signature("forbidden!configured service account", "jvm"),
        Signature("failed to get server groups", "go"),
        Signature("failed to get api group resources", "go"),
        Signature("failed to determine if", "go", r"failed to determine if .* is namespaced"),
        Signature("unable to load in-cluster configuration", "go"),
        Signature("unable to get kubernetes server version", "any"),
        Signature("no matches for kind", "go", r'no matches for kind "', Weight.MODERATE),
        Signature(
            "timed out waiting for cache",
            "go",
            r"timed out waiting for cache\S* to be? ?sync",
            Weight.MODERATE,
        ),
        Signature(
            "failed to wait for", "go", r"failed to wait for .* caches to sync", Weight.MODERATE
        ),
        Signature("unable to connect to the server", "go"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """A client of the API that got no connection, or no permission."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    account = caught(case, CAUSE.id, r"system:serviceaccount:([\w.-]+:[\w.-]+)")
    if account:
        verb = caught(case, CAUSE.id, r'cannot (\w+) resource "', r"cannot (\w+) ")
        resource = caught(case, CAUSE.id, r'cannot \w+ resource "([\w./-]+)"')
        claim.with_parameter("service_account", account)
        asked = f" {verb} {resource}".rstrip() if verb else " do what it asks for"
        return claim.verdict(f"{subject(case)} ends because {account} may not{asked}")
    if case.burst is not None and len(case.burst.namespaces) > 1:
        text = f"containers of {len(case.burst.namespaces)} namespaces ended in the same minute"
        claim.observed(text, Weight.WEAK)
    kind = caught(case, CAUSE.id, r'no matches for kind "(\w+)"')
    if kind:
        return claim.verdict(f"{subject(case)} ends because the API does not know kind {kind}")
    return claim.verdict(f"{subject(case)} ends because it cannot reach the API server")
