"""A program that is not root wants to listen on a port below 1024.

What happens
------------
Ports below net.ipv4.ip_unprivileged_port_start (1024 unless set) need root or the capability
NET_BIND_SERVICE. The program has neither, bind is refused, and it ends.

Why it hurts
------------
It appears when an image is hardened to a user that is not root, on a day when nothing in the
program changed.

How we know
-----------
The last lines refuse a bind with permission denied (errno 13), and the port is below 1024.

What else it could be
---------------------
A port that is taken is A18. Permission denied on a file is A20.

Fix
---
Listen on a port from 1024 on and let the Service map it; or add NET_BIND_SERVICE, or the sysctl
net.ipv4.ip_unprivileged_port_start.

When the fix is wrong
---------------------
The capability has an effect only when the file has it too, or the runtime passes it on as an
ambient one: the higher port always works.

References
----------
docs/specs/causes.md 8 (A19) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A19",
    title="it may not listen on a port below 1024",
    lookalikes=("A18", "A20"),
    signatures=(
        Signature("bind: permission denied", "go"),
        Signature("eacces", "node", r"\blisten EACCES\b"),
        Signature("bind() to", "nginx", r"bind\(\) to \S+ failed \(13"),
        Signature(
            "permission denied", "any", r"\b(bind|bound|binding|listen)\w*\b.*permission denied"
        ),
        Signature("permission denied", "apache", r"\(13\)Permission denied: .*make_sock"),
        Signature("bindexception: permission denied", "jvm"),
        Signature("socketexception: permission denied", "jvm", weight=Weight.MODERATE),
        Signature("socketexception (13)", "dotnet", r"SocketException \(13\): Permission denied"),
        Signature("can't bind to port", "any"),
        Signature("cannot bind", "haproxy", r"cannot bind socket \(Permission denied\)"),
    ),
)

_FIRST_FREE_PORT = 1024  # net.ipv4.ip_unprivileged_port_start, unless the pod's sysctls change it


def judge(case: Case) -> Verdict | None:
    """A bind that was refused for lack of permission."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    port = caught(case, CAUSE.id, r"(?<!\d\d):(\d{1,5})\b", r"\bport:? (\d{1,5})\b")
    if not port:
        return claim.verdict(f"{subject(case)} may not listen on its port: permission denied")
    claim.with_parameter("port", int(port))
    if int(port) >= _FIRST_FREE_PORT:
        claim.against(f"port {port} needs no privilege", Weight.MODERATE)
    return claim.verdict(
        f"{subject(case)} may not listen on port {port}: ports below 1024 need NET_BIND_SERVICE"
    )
