"""The gRPC probe asks for a health service that the server does not implement.

What happens
------------
A gRPC probe calls `grpc.health.v1.Health/Check`. A server without it answers Unimplemented, one
that does not know the service name answers NOT_FOUND; both count as failures.

Why it hurts
------------
The server works for its clients and is killed in every life after the same time.

How we know
-----------
The Unhealthy event names the health protocol or the unknown service.

What else it could be
---------------------
A wrong port that speaks another protocol (C02).

Fix
---
Register the standard health service, with the name the probe asks for; or probe by TCP meanwhile.

When the fix is wrong
---------------------
If the server is not the one meant (a sidecar answered), correct the port.

References
----------
docs/specs/causes.md 8 (C11), docs/specs/kubelet.md 1.8 and 10.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.probe_kill import kill_claim
from holdfast.model.evidence import Weight
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C11",
    title="its gRPC probe asks for a health service that the server does not have",
    lookalikes=("C02",),
    probe_failure=ProbeFailure.STATUS,
)


def judge(case: Case) -> Verdict | None:
    """Unimplemented, or an unknown service."""
    made = kill_claim(CAUSE, case, Answer.NO_HEALTH_SERVICE)
    if made is None or not made[1].results:
        return None
    claim, story = made
    if story.probe.grpc is None:
        return None
    service = story.probe.grpc.service
    asked = f"service {service!r}" if service else "the whole server"
    text = f"the probe is gRPC and asks for {asked}"
    claim.observed(text, Weight.MODERATE, case.spec_origin(f"{story.name}Probe.grpc"))
    return claim.verdict(
        f"the gRPC server of {case.kind} {case.name} does not implement the health service that "
        f"its {story.name} probe asks for ({asked}), so the kubelet kills it"
    )
