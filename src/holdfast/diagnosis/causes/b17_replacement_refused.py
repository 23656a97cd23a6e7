"""The pod is gone, and its controller is not allowed to create the one that would replace it.

What happens
------------
A pod was evicted, failed or deleted. Its controller tries to make a new one, and the API refuses: a
quota is used up, a security level is violated, or a webhook says no or does not answer.

Why it hurts
------------
The service runs with fewer replicas or none. No pod shows the reason, because there is no pod.

How we know
-----------
FailedCreate events of the owner (ReplicaSet, StatefulSet, Job, DaemonSet), and a pod of it that has
ended or is being deleted.

What else it could be
---------------------
Refusals while all wanted pods run concern further pods only (S03).

Fix
---
Raise the quota or free some of it, give the template what the policy asks for, repair the webhook.

When the fix is wrong
---------------------
Switching a webhook to `failurePolicy: Ignore` lets through what it is there to stop.

References
----------
docs/specs/causes.md 8 (B17), docs/specs/kubelet.md 6.4.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import has_left, speaks_for_pod
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="B17",
    title="the pod that should replace it is refused",
    lookalikes=("S03", "B14", "S01"),
)

_KINDS = (
    ("exceeded quota", "a quota is used up"),
    ("violates podsecurity", "the namespace's pod security level forbids it"),
    ("failed calling webhook", "an admission webhook does not answer"),
    ("denied the request", "an admission webhook or policy refuses it"),
    ("forbidden", "the API server forbids it"),
)


def judge(case: Case) -> Verdict | None:
    """A pod that has left while its owner's attempts to create another one fail."""
    if not has_left(case.pod) or not speaks_for_pod(case):
        return None
    refusals = _refusals(case)
    if not refusals:
        return None
    kind, name, event = refusals[-1]
    why = _why(event)
    claim = Claim(CAUSE).observed(
        f"{kind} {name} could not create a pod, at least {event.times} times: "
        f'"{quote(event.message)}"',
        Weight.CONCLUSIVE if why else Weight.STRONG,
        case.events.origin(event),
    )
    claim.with_parameter("owner", f"{kind}/{name}")
    claim.would_decide(
        f"kubectl describe {kind.lower()} -n {case.pod.key.namespace} {name}",
        f"kubectl describe resourcequota -n {case.pod.key.namespace}",
    )
    # What ended this pod is another matter; this is why nothing came after it.
    return claim.verdict(
        f"{kind} {name} cannot replace pod {case.pod.key.name}: {why or quote(event.message)}",
        Role.CONTRIBUTING,
    )


def _refusals(case: Case) -> list[tuple[str, str, Event]]:
    """Failed creations of the owners, from the topmost down to the direct one."""
    ended = case.life.finished if case.life else None
    return [
        (kind, name, event)
        for kind, name in reversed(case.context.owner_chain(case.pod))
        for event in case.context.object_events(kind, name, case.pod.key.namespace)
        if event.reason == "FailedCreate" and (ended is None or (event.last or ended) >= ended)
    ]


def _why(event: Event) -> str:
    message = event.message.lower()
    return next((why for text, why in _KINDS if text in message), "")
