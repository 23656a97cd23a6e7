"""The kubelet's certificate has expired, or the clock of the node is wrong.

What happens
------------
The kubelet can no longer prove who it is, or certificates seem to be not yet valid. The API refuses
it, the node turns not ready, and pods are taken away or cannot be set up.

Why it hurts
------------
It hits all nodes that were set up on the same day, at the same hour.

How we know
-----------
The node's condition or events of its pods speak of Unauthorized or of x509; lives that end before
they start tell of a clock that was set back.

What else it could be
---------------------
A node that is simply away (E06) gives no such reason. A certificate of the application is A17.

Fix
---
Renew the kubelet's certificate and restart it; repair time synchronisation.

When the fix is wrong
---------------------
If the API server's own certificate expired, every node is refused: renew that one.

References
----------
docs/specs/causes.md 8 (E15).
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.node_signs import node_conditions, node_events
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="E15",
    title="the kubelet's certificate or its node's clock is wrong",
    lookalikes=("E06", "A17"),
)

_REFUSED = regex(
    r"x509: certificate has expired|not yet valid|\bUnauthorized\b"
    r"|certificate (signed by unknown authority|is not valid)",
    re.IGNORECASE,
)
# Events that the kubelet writes while it sets a pod up; those of image pulls speak of a registry.
_SETUP = ("FailedMount", "FailedCreatePodSandBox", "FailedSync")


def judge(case: Case) -> Verdict | None:
    """A kubelet that the API refuses, or a clock that ran backwards."""
    claim = Claim(CAUSE)
    ready = case.node.condition("Ready") if case.node else None
    if ready is not None and ready.status != "True" and _REFUSED.search(ready.message):
        text = f'the node is not Ready: "{quote(ready.message)}"'
        claim.observed(text, Weight.CONCLUSIVE)
    refused = [e for e in node_events(case) if _REFUSED.search(e.message)]
    for event in refused[-1:]:
        claim.observed(f'the node reported "{quote(event.message)}"', Weight.STRONG)
    for event in [e for e in case.events.of(*_SETUP) if _REFUSED.search(e.message)][-1:]:
        text = f'the kubelet was refused: "{quote(event.message)}"'
        claim.observed(text, Weight.STRONG, case.events.origin(event))
    # A clock alone ends no container: without a refusal it only stands beside the cause.
    role = Role.CAUSE if claim.score else Role.CONTRIBUTING
    # kubernetes/node-problem-detector health checkers: time synchronisation.
    if node_conditions(case, "NTPProblem"):
        claim.observed("the node's condition NTPProblem is True", Weight.MODERATE)
    for life in case.lives:
        if life.started and life.finished and life.finished < life.started:
            text = "a life ended before it started: the clock was set back"
            claim.observed(text, Weight.MODERATE, life.origin)
    node = case.pod.spec.node_name or "(not read)"
    claim.would_decide(f"on node {node}: journalctl -u kubelet, and timedatectl")
    return claim.verdict(
        f"the kubelet of node {node} is refused or its clock is wrong, which hits "
        f"pod {case.pod.key.name}",
        role,
    )
