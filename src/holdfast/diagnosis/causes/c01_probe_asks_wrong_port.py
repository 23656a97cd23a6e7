"""The probe asks a port on which nothing listens, while the service answers on another one.

What happens
------------
The kubelet connects to the port of the probe, is refused at once, and after `failureThreshold`
refusals kills a container that works.

Why it hurts
------------
Every life ends on schedule, whatever the load; the log of the service shows nothing but a SIGTERM.

How we know
-----------
The probe is refused on a numeric port that the container does not declare although it declares
others, or the readiness probe of the same container succeeds on another port at the same time.

What else it could be
---------------------
The service has not opened its port yet (C03, C13) or listens on 127.0.0.1 only (C10). A misspelt
name of a port never kills: the kubelet cannot look it up and discards the result.

Fix
---
Point the probe at the port that the service opens, best by the name of a declared port.

When the fix is wrong
---------------------
Declared ports are documentation: a service may listen on a port it does not declare. Look at what
the process really opens before the patch.

References
----------
docs/specs/causes.md 8 (C01), docs/specs/kubelet.md 1.8.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.evidence.probe_story import ProbeStory
from holdfast.diagnosis.probe_kill import (
    answers_elsewhere,
    kill_claim,
    listens_elsewhere,
    never_answered,
    probe_field,
)
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C01",
    title="the probe asks a port on which nothing listens",
    lookalikes=("C03", "C10", "C13"),
    # Rarer than a slow start; it needs evidence of its own to lead.
    prior=-8,
    probe_failure=ProbeFailure.NEVER_UP,
)


def judge(case: Case) -> Verdict | None:
    """Refused connections, with a hint that another port is the right one."""
    made = kill_claim(CAUSE, case, Answer.REFUSED)
    if made is None:
        return None
    claim, story = made
    port = story.probe.port
    if port is None:
        return None
    never_answered(claim, story, Weight.WEAK)
    _weigh_declared_ports(claim, case, story)
    _weigh_measured_ports(claim, case, story)
    _weigh_readiness(claim, case, story)
    if listens_elsewhere(case, story) is None:
        claim.would_decide("the ports that the process listens on: ss -ltn inside the container")
    return claim.verdict(
        f"the {story.name} probe of {case.kind} {case.name} asks port {port}, where nothing "
        "listens, so the kubelet kills it"
    )


def _weigh_declared_ports(claim: Claim, case: Case, story: ProbeStory) -> None:
    declared = {p.container_port for p in (case.spec.ports or ())} if case.spec else set()
    if not declared or not isinstance(story.probe.port, int):
        return
    if story.probe.port in declared:
        text = f"the container declares port {story.probe.port}"
        claim.against(text, Weight.MODERATE, case.spec_origin("ports"))
    else:
        ports = ", ".join(str(port) for port in sorted(declared))
        text = f"port {story.probe.port} is not among the ports the container declares: {ports}"
        claim.observed(text, Weight.STRONG, case.spec_origin(probe_field(story)))
        claim.with_parameter("port", float(min(declared)) if len(declared) == 1 else 0.0)


def _weigh_measured_ports(claim: Claim, case: Case, story: ProbeStory) -> None:
    ports = listens_elsewhere(case, story)
    if not ports:
        return
    listed = " and ".join(str(port) for port in ports)
    claim.observed(
        f"it listens on port {listed}, not on {story.probe.port} (measured)",
        Weight.STRONG,
        case.measured_origin("ports"),
    )
    if len(ports) == 1:
        claim.with_parameter("listens_on", float(ports[0]))


def _weigh_readiness(claim: Claim, case: Case, story: ProbeStory) -> None:
    text = answers_elsewhere(case, story)
    if text:
        claim.observed(text, Weight.STRONG, case.status_origin("ready"))
