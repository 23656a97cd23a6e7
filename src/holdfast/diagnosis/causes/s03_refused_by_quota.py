"""A quota or an admission rule refuses the pods that a controller wants to create.

What happens
------------
The API server answers the controller's request for a new pod with "forbidden". The pods that exist
go on as before.

Why it hurts
------------
Fewer replicas than wanted, and no pod whose status would say so: only the controller's events do.

How we know
-----------
FailedCreate events of the owner that name a quota, a limit range, a security standard or a webhook.

What else it could be
---------------------
A pod that was created and then refused by the node is B14; one that replaces an ended pod and is
refused is B17.

Fix
---
Raise the quota, set the requests it asks for, or correct what the rule objects to.

When the fix is wrong
---------------------
If the quota protects other teams, fewer replicas are the right answer.

References
----------
docs/specs/causes.md 8 (S03).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="S03",
    title="a quota or an admission rule refuses further pods",
    lookalikes=("B14", "B17", "S01"),
)

_REFUSALS = ("exceeded quota", "forbidden", "denied the request", "violates podsecurity")


def judge(case: Case) -> Verdict | None:
    """Refused creations by the pod's owners, told beside whatever else is true of the pod."""
    if case.member is not None:
        return None
    for kind, name in case.context.owner_chain(case.pod):
        events = case.context.object_events(kind, name, case.pod.key.namespace)
        refused = [event for event in events if _is_refusal(event)]
        if refused:
            text = f'{kind} {name} cannot create pods: "{quote(refused[-1].message)}"'
            claim = Claim(CAUSE).observed(text, Weight.STRONG, case.events.origin(refused[-1]))
            summary = f"{kind} {name} cannot create further pods: {quote(refused[-1].message)}"
            return claim.verdict(summary, Role.HAZARD)
    return None


def _is_refusal(event: Event) -> bool:
    message = event.message.lower()
    return event.reason == "FailedCreate" and any(text in message for text in _REFUSALS)
