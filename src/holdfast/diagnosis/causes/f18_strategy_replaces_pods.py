"""The update strategy of the workload replaces pods in an order that looks like restarts.

What happens
------------
A StatefulSet replaces its pods one by one from the highest number, a Deployment with Recreate all
at once, a DaemonSet node by node.

Why it hurts
------------
Pods of the same name come back with a young age, or a whole service is away for a moment.

How we know
-----------
The controller's events say that it deleted the pod, and its strategy is ordered or Recreate.

What else it could be
---------------------
The change that set the rollout off is F01 or F02. A crash leaves a restart count; a replacement
does not.

Fix
---
None; choose RollingUpdate, maxUnavailable or partition to soften it.

When the fix is wrong
---------------------
Recreate may be needed by a volume that only one pod can hold.

References
----------
docs/specs/causes.md 8 (F18).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict
from holdfast.model.workload import Workload

CAUSE = Cause(
    id="F18",
    title="the update strategy replaces its pods",
    lookalikes=("F01", "F02"),
)

_ORDERED = ("StatefulSet", "DaemonSet")


def judge(case: Case) -> Verdict | None:
    """A pod on its way out whose controller says that it deleted it."""
    owner = case.pod.metadata.controller
    if owner is None or not case.pod.metadata.deletion_timestamp or not speaks_for_pod(case):
        return None
    namespace, name = case.pod.key
    top = case.context.template_owner(case.pod)
    strategy = _strategy(top)
    claim = Claim(CAUSE)
    deleted = [
        event
        for event in case.context.object_events(owner.kind, owner.name, namespace)
        if event.reason == "SuccessfulDelete" and name in event.message
    ]
    recreate = strategy == "Recreate"
    if not deleted or not (owner.kind in _ORDERED or recreate):
        return None
    claim.observed(f'its controller said "{quote(deleted[-1].message)}"', Weight.STRONG)
    if strategy:
        claim.observed(f"the update strategy is {strategy}", Weight.WEAK)
    kind = top.kind if recreate and top is not None else owner.kind
    return claim.verdict(
        f"{kind} {top.metadata.name if top else owner.name} replaces pod {name} in the order of "
        "its update strategy"
    )


def _strategy(owner: Workload | None) -> str:
    if owner is None:
        return ""
    chosen = owner.spec.strategy or owner.spec.update_strategy
    return chosen.type if chosen is not None else ""
