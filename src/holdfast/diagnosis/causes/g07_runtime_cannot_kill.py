"""The runtime cannot kill the container: a process hangs in the kernel.

What happens
------------
A process waits in the kernel for a disk or a network file system and cannot be killed. The runtime
waits for its end, and the pod stays Terminating.

Why it hurts
------------
The replacement of a StatefulSet cannot start, volumes stay attached, and only a restart of the node
may help.

How we know
-----------
Events ExceededGracePeriod or FailedKillPod, an end far after the grace, or a container that still
runs long after the pod should be gone.

What else it could be
---------------------
A long drain (G04) ends at the grace at the latest.

Fix
---
Find the process in state D on the node and what it waits for; repair that storage or restart the
node.

When the fix is wrong
---------------------
Deleting the pod by force removes the object, not the process, which may still write to its volume.

References
----------
docs/specs/causes.md 6.3 and 8 (G07), docs/specs/kubelet.md 6.4.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.slow_stop import SLACK_SECONDS, asked_stop
from holdfast.model.evidence import Weight
from holdfast.model.instant import parse_instant
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="G07",
    title="the runtime cannot kill it",
    lookalikes=("G04", "E14", "E06"),
)

# pkg/kubelet: killPodNow waits max(10 s, 1.5 x grace) before it gives up (kubelet.md 6.4).
_GAVE_UP = ("ExceededGracePeriod",)
_STUCK = ("context deadline exceeded", "deadlineexceeded", "timed out", "timeout")
# A minute after the deadline of the deletion nothing should run any more (a judgement).
_OVERDUE_SECONDS = 60.0


def judge(case: Case) -> Verdict | None:
    """A stop that went on after SIGKILL was due."""
    claim = Claim(CAUSE)
    for event in case.events.of(*_GAVE_UP)[-1:]:
        text = f'the kubelet gave up waiting: "{quote(event.message)}"'
        claim.observed(text, Weight.STRONG, case.events.origin(event))
    failed = [e for e in case.events.of("FailedKillPod") if _is_stuck(e.message)]
    for event in failed[-1:]:
        text = f'the runtime did not answer the kill: "{quote(event.message)}"'
        claim.observed(text, Weight.STRONG, case.events.origin(event))
    _weigh_late_end(claim, case)
    overdue = _overdue_seconds(case)
    if overdue is not None:
        claim.observed(
            f"it still runs {overdue:.0f} s after the pod should have been gone",
            Weight.STRONG,
            case.status_origin("state.running"),
        )
    node = case.pod.spec.node_name or "of the pod"
    claim.would_decide(f"processes in state D on node {node}: ps -eo pid,stat,wchan:30,cmd")
    who = f"{case.kind} {case.name}" if case.name else f"pod {case.pod.key.name}"
    return claim.verdict(f"the runtime of node {node} cannot kill {who} in time", Role.CONTRIBUTING)


def _is_stuck(message: str) -> bool:
    return any(text in message.lower() for text in _STUCK)


def _weigh_late_end(claim: Claim, case: Case) -> None:
    stop = asked_stop(case)
    if stop is None or stop.seconds is None or not stop.life.killed:
        return
    late = stop.seconds - stop.grace_seconds
    if late > SLACK_SECONDS:
        text = f"SIGKILL took {late:.0f} s longer than the grace of {stop.grace_seconds} s"
        claim.inferred(text, Weight.STRONG, stop.origin)


def _overdue_seconds(case: Case) -> float | None:
    due = parse_instant(case.pod.metadata.deletion_timestamp)
    now = case.context.now
    running = case.status is not None and case.status.state.running is not None
    if due is None or now is None or not running or now - due < _OVERDUE_SECONDS:
        return None
    return now - due
