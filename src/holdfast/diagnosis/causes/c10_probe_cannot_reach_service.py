"""The service listens, but where the kubelet cannot reach it.

What happens
------------
The kubelet probes the pod's IP from the node. A server bound to 127.0.0.1, a policy that blocks the
node, a mesh that demands TLS, or an address family that the server does not serve refuses it.

Why it hurts
------------
Everything works from inside the pod, so every test by hand succeeds while the kubelet kills on.

How we know
-----------
The log says that the server listens on 127.0.0.1, localhost or ::1 while the probe is refused; or
the probe has no route to the pod.

What else it could be
---------------------
A wrong port (C01) or a server that does not listen yet (C03): then nothing answers inside either.

Fix
---
Bind to 0.0.0.0 (or [::]); let the mesh rewrite the probes; open the policy for the node.

When the fix is wrong
---------------------
A port meant for the inside only must not be opened for a probe: probe another one, or by exec.

References
----------
docs/specs/causes.md 8 (C10), docs/specs/kubelet.md 1.8, Q10.
"""

import re

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.evidence.probe_story import ProbeStory
from holdfast.diagnosis.probe_kill import kill_claim, never_answered
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

_LISTENS_INSIDE = (
    r"(listen|running|serving|started|bound|bind|accepting).{0,80}"
    r"(127\.0\.0\.1|localhost|\[::1\])[:\s]\s*(port\s*)?\d{2,5}"
)

CAUSE = Cause(
    id="C10",
    title="it listens where the kubelet cannot reach it",
    lookalikes=("C01", "C03"),
    signatures=(
        Signature("127.0.0.1", "any server", _LISTENS_INSIDE),
        Signature("localhost", "any server", _LISTENS_INSIDE),
        Signature("[::1]", "any server", _LISTENS_INSIDE),
    ),
    probe_failure=ProbeFailure.NEVER_UP,
)


def judge(case: Case) -> Verdict | None:
    """A refused or unreachable probe of a server that says it listens inside only."""
    made = kill_claim(CAUSE, case, Answer.REFUSED, Answer.UNREACHABLE)
    if made is None or made[1].probe.handler == "exec":
        return None
    claim, story = made
    matches = [m for m in case.matches(CAUSE.id) if _is_about(m.line, story, case)]
    unreachable = bool(story.results_with(Answer.UNREACHABLE))
    if not matches and not unreachable:
        return None
    never_answered(claim, story, Weight.WEAK)
    claim.quotes(*matches[-1:])
    if unreachable:
        claim.observed("the node has no working route to the pod's port", Weight.MODERATE)
    where = "on the loopback address only" if matches else "where the node cannot reach it"
    return claim.verdict(
        f"{case.kind} {case.name} listens {where}, so its {story.name} probe on port "
        f"{story.probe.port} fails and the kubelet kills it"
    )


def _is_about(line: str, story: ProbeStory, case: Case) -> bool:
    """Whether a line may be about the port of the probe: many servers keep a private one beside."""
    port = story.probe.port
    if isinstance(port, str):
        ports = (case.spec.ports or ()) if case.spec else ()
        port = next((p.container_port for p in ports if p.name == port), None)
    return port is None or re.search(rf"\b{port}\b", line) is not None
