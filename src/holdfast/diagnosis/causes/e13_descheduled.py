"""A descheduler moved the pod to a better place.

What happens
------------
The descheduler compares pods with its policies (spread, utilisation, age, restarts) and evicts
those that do not fit, so that the scheduler places them anew.

Why it hurts
------------
With eager policies pods are moved again and again, and services with few replicas lose capacity.

How we know
-----------
Events on the pod name the descheduler or one of its strategies.

What else it could be
---------------------
A drain (E07) leaves no event of a descheduler; an autoscaler (E09) names itself.

Fix
---
Narrow the policy, or exclude the workload; a PodDisruptionBudget limits the harm.

When the fix is wrong
---------------------
If its strategy removes pods with many restarts, the restarts are the fault, not the descheduler.

References
----------
docs/specs/causes.md 8 (E13).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import speaks_for_pod
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E13",
    title="a descheduler moved the pod",
    lookalikes=("E07", "E09"),
)

# kubernetes-sigs/descheduler: the reporter of its events is named "sigs.k8s.io/descheduler".
_NAME = "descheduler"


def judge(case: Case) -> Verdict | None:
    """A pod with an event of a descheduler."""
    if not case.events or not speaks_for_pod(case):
        return None
    told = [event for event in case.events.all if _by_descheduler(event)]
    if not told:
        return None
    event = told[-1]
    claim = Claim(CAUSE).observed(
        f'a descheduler said of it "{quote(event.message)}"',
        Weight.CONCLUSIVE,
        case.events.origin(event),
    )
    return claim.verdict(
        f"a descheduler evicted pod {case.pod.key.name} ({event.reason}) so that it is placed anew"
    )


def _by_descheduler(event: Event) -> bool:
    component = event.source.component if event.source else ""
    texts = (component, event.reporting_component, event.message)
    return any(_NAME in text.lower() for text in texts) or event.reason == "Descheduled"
