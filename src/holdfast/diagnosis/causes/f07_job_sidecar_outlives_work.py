"""The work of a Job is done, and only a second container keeps the pod alive or ends badly.

What happens
------------
The main container completes. A helper beside it never ends by itself, so the Job never completes;
or the helper is stopped at the end and leaves a code such as 143, 137 or 255.

Why it hurts
------------
A Job that never ends blocks what waits for it; a stopped helper raises false alarms.

How we know
-----------
In a pod of a Job the main containers ended with 0 while another one still runs, or the pod
Succeeded although a sidecar's last code is not 0.

What else it could be
---------------------
A sidecar that restarts during the work (F08) is a fault of its own.

Fix
---
Make the helper a native sidecar (an init container with restartPolicy Always): it is stopped when
the work is done.

When the fix is wrong
---------------------
If the second container still uploads results, it is part of the work.

References
----------
docs/specs/causes.md 2.4 and 8 (F07), docs/specs/kubelet.md 4.2.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.container import ContainerKind
from holdfast.model.evidence import Weight
from holdfast.model.instant import parse_instant
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="F07",
    title="a second container outlives the work of its Job",
    lookalikes=("F06", "F08"),
)

# A helper may need moments to notice that the work is done; this is a judgement.
_PATIENCE_SECONDS = 120.0


def judge(case: Case) -> Verdict | None:
    """A helper that runs on, or one that was stopped when the work was done."""
    owner = case.pod.metadata.controller
    if case.member is None or case.status is None or owner is None or owner.kind != "Job":
        return None
    if case.pod.status.phase == "Succeeded":
        return _judge_stopped(case)
    if case.kind is not ContainerKind.APP or case.status.state.running is None or case.restarts:
        return None
    return _judge_running(case)


def _judge_stopped(case: Case) -> Verdict | None:
    end = case.status.state.terminated if case.status else None
    if case.kind is not ContainerKind.SIDECAR or end is None or end.exit_code == 0:
        return None
    claim = Claim(CAUSE).observed(
        f"the pod Succeeded; the sidecar was stopped after it with exit code {end.exit_code}",
        Weight.STRONG,
        case.status_origin("state.terminated"),
    )
    return claim.verdict(
        f"{case.kind} {case.name} was stopped because the work was done; its exit code "
        f"{end.exit_code} is no failure",
        Role.CONTRIBUTING,
    )


def _judge_running(case: Case) -> Verdict | None:
    done = [
        parse_instant(status.state.terminated.finished_at)
        for status in case.pod.status.container_statuses or ()
        if status.state.terminated is not None and status.state.terminated.exit_code == 0
    ]
    times = [at for at in done if at is not None]
    if not times or case.context.now is None:
        return None
    waited = case.context.now - max(times)
    if waited < _PATIENCE_SECONDS:
        return None
    claim = Claim(CAUSE).observed(
        f"another container completed {waited:.0f} s ago and this one still runs",
        Weight.STRONG,
        case.status_origin("state.running"),
    )
    return claim.verdict(
        f"container {case.name} keeps the pod of a Job alive {waited:.0f} s after its work",
        Role.HAZARD,
    )
