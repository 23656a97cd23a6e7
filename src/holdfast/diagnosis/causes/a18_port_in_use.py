"""The port that the program wants to listen on is taken already.

What happens
------------
Another process of the same network namespace listens on the port, so bind fails and the program
ends.

Why it hurts
------------
One of the two processes never serves, and which one depends on who was first, so it looks random.

How we know
-----------
The last lines say that the address is in use, usually with the port.

What else it could be
---------------------
Permission denied on a port below 1024 is A19. Two containers of one pod share their ports; with
hostNetwork all pods of the node do. A program that starts its server twice meets itself.

Fix
---
Give each process its own port; leave hostNetwork and hostPort unless they are needed. Ports 15000
to 15090 belong to the Istio proxy.

When the fix is wrong
---------------------
If no other process of the pod uses the port, the old process of the same start script still runs.

References
----------
docs/specs/causes.md 8 (A18) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A18",
    title="its port is taken by another process",
    lookalikes=("A19", "A22", "A07"),
    signatures=(
        Signature("address already in use", "any"),
        Signature("address in use", "any", r"(bind|listen)\S*.*\baddress in use"),
        Signature("eaddrinuse", "node"),
        Signature("was already in use", "jvm", r"\bport \d+ was already in use"),
        Signature(
            "already in use", "any", r"\bport:? ?\d+\)? is already in use|port already in use"
        ),
        Signature("bindexception", "jvm", r"java\.net\.BindException: (?!Permission)"),
        Signature("failed to bind to address", "dotnet", r"Failed to bind to address .*in use"),
        Signature("errno 98", "python"),
        Signature("connection in use", "python", r"Connection in use: \("),
        Signature("only one usage of each socket address", "dotnet"),
        Signature("bind() to", "nginx", r"bind\(\) to \S+ failed \(98"),
        Signature("could not bind", "any", r"could not bind\b.*in use"),
        Signature("already running on port", "postgres"),
        Signature("could not create listen socket", "postgres", r"could not create listen socket"),
        Signature("couldn't listen on any address", "any"),
    ),
)

# Istio keeps these for its sidecar (istio.io, "Ports used by Istio").
_ISTIO_PORTS = range(15000, 15091)


def judge(case: Case) -> Verdict | None:
    """A bind that failed because of another listener."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    port = caught(
        case,
        CAUSE.id,
        r"\bport:? ?(\d{2,5})\b",
        r"(?:listen|bind|listening|address|use:).{0,60}?[:, ](\d{2,5})\b(?!.\d)",
        # not a part of a time of day
        r"(?<!\d\d):(\d{2,5})\b",
    )
    if not port:
        return claim.verdict(f"{subject(case)} cannot listen: its port is taken")
    claim.with_parameter("port", int(port))
    _weigh_neighbours(claim, case, int(port))
    return claim.verdict(f"{subject(case)} cannot listen on port {port}: it is taken")


def _weigh_neighbours(claim: Claim, case: Case, port: int) -> None:
    for member in case.pod.members():
        ports = (member.spec.ports or ()) if member.spec else ()
        if member.name != case.name and any(p.container_port == port for p in ports):
            text = f"container {member.name} of the same pod declares port {port}"
            claim.observed(text, Weight.MODERATE)
    if case.pod.spec.host_network:
        text = "the pod uses the network of the node, so it shares ports with other pods there"
        claim.observed(text, Weight.WEAK, case.spec_origin("hostNetwork"))
    if port in _ISTIO_PORTS:
        claim.suggested(f"port {port} belongs to the Istio proxy", Weight.WEAK)
