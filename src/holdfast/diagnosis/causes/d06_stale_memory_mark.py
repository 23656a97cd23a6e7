"""The mark "OOMKilled" stands on an end that was not a kill for memory.

What happens
------------
The runtime marks a container as soon as any process in it was killed for memory, a child or an exec
probe included. When PID 1 later ends for another reason, its end bears the mark.

Why it hurts
------------
Everybody looks at memory, while something else ended the container.

How we know
-----------
The reason is OOMKilled and the exit code is not 137: SIGKILL did not end PID 1.

What else it could be
---------------------
With 137 the kill is real (D01). A main process that gave up because its worker was killed is D05.
An init container counts as failed with this mark, whatever its code (D11).

Fix
---
Find who stopped it: a probe, a rollout, a drain, or its own error. Then look at what set the mark.

When the fix is wrong
---------------------
Ignoring the mark for good: something in the container did reach the limit once.

References
----------
docs/specs/causes.md 5.1, 8 (D06) and 9; docs/specs/kubelet.md 6.1.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.model.container import ContainerKind
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="D06",
    title='the mark "OOMKilled" is stale: it did not end by SIGKILL',
    lookalikes=("D01", "D05", "D11"),
)

_KILLED = 137
_START_FAILED = 128
# causes.md 7: stopped from outside.
_SIGNALLED = frozenset({129, 130, 131, 143})
_LEADS_TO = {StopKind.LIVENESS: "C06", StopKind.STARTUP: "C08", StopKind.POST_START: "B11"}


def judge(case: Case) -> Verdict | None:
    """OOMKilled with an exit code that SIGKILL does not give."""
    life = case.life
    if life is None or life.reason != "OOMKilled" or case.kind is ContainerKind.INIT:
        return None
    if life.exit_code in (_KILLED, _START_FAILED):
        return None
    claim = Claim(CAUSE).observed(
        f"the runtime says OOMKilled, but exit code {life.exit_code} is not the 137 of SIGKILL",
        Weight.STRONG,
        life.origin,
    )
    stop = case.stop
    if stop is not None and stop.direct:
        text = f'the kubelet stopped it: "{stop.event.message}"'
        claim.observed(text, Weight.STRONG, case.events.origin(stop.event))
        claim.leads_to(_LEADS_TO.get(stop.kind, "F01"))
        sender = f'the kubelet stopped it ("{stop.event.message}")'
    elif life.exit_code in _SIGNALLED:
        sender = f"a signal stopped it (exit code {life.exit_code}), and who sent it was not read"
    else:
        sender = f"its main process ended by itself with exit code {life.exit_code}"
        claim.leads_to("D05" if life.exit_code else "A09")
    claim.would_decide(
        f"who stopped it: kubectl events -n {case.pod.key.namespace} --for pod/{case.pod.key.name}"
    )
    # Beside a known sender or a log that says more, the mark is only what misleads.
    explained = (stop is not None and stop.direct) or bool(case.log_matches)
    return claim.verdict(
        f"{case.kind} {case.name} bears the mark OOMKilled, but {sender}",
        Role.CONTRIBUTING if explained else Role.CAUSE,
    )
