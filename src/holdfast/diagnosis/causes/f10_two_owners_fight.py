"""Two writers undo each other's changes, and every change replaces the pods.

What happens
------------
A GitOps tool restores what an operator, a script or a person sets, and the other one sets it again.
The template changes back and forth, and each change is a rollout.

Why it hurts
------------
Pods are replaced every few minutes without end, each time with the risks of a start.

How we know
-----------
The workload switches between the same two ReplicaSets, or its generation grows by many per hour
while two managers write it.

What else it could be
---------------------
A few releases in a row (F01) do not return to an old ReplicaSet.

Fix
---
Let one of them own the field: have the GitOps tool ignore it, or take it out of the operator.

When the fix is wrong
---------------------
Pausing one writer hides the fight until it is resumed.

References
----------
docs/specs/causes.md 8 (F10).
"""

import itertools

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import has_left
from holdfast.model.evidence import Weight
from holdfast.model.instant import Instant, parse_instant
from holdfast.model.regex import regex
from holdfast.model.verdict import Role, Verdict
from holdfast.model.workload import Workload

CAUSE = Cause(
    id="F10",
    title="two writers fight over its workload",
    lookalikes=("F01", "F05"),
)

# pkg/controller/deployment: "Scaled up replica set NAME ..." at each change of the template.
_SCALED_UP = regex(r"Scaled up replica set (?P<name>\S+)")
# A rollback returns once to an old ReplicaSet; returning twice is a fight.
_RETURNS = 2
# More changes of a template than this in an hour are not made by people (a judgement).
_CHANGES_PER_HOUR = 6.0
_CHANGES = 10
# Writers of status and scale that own no template.
_CONTROLLERS = ("kube-controller-manager", "kubelet", "kube-scheduler")


def judge(case: Case) -> Verdict | None:
    """A pod of a workload whose template goes back and forth."""
    if case.life is None and not has_left(case.pod):
        return None
    owner = case.context.template_owner(case.pod)
    if owner is None:
        return None
    claim = Claim(CAUSE)
    returns = _returns(case, owner)
    if returns >= _RETURNS:
        text = f"{owner.kind} {owner.metadata.name} went back to an earlier ReplicaSet "
        claim.observed(text + f"{returns} times", Weight.STRONG)
    writers = _writers(owner)
    rate = _changes_per_hour(owner, case.context.now)
    if rate is not None and rate >= _CHANGES_PER_HOUR:
        text = f"its specification changed {owner.metadata.generation} times, {rate:.0f} an hour"
        claim.observed(text, Weight.MODERATE)
    if len(writers) > 1 and claim.score:
        claim.observed(f"{' and '.join(writers)} both write it", Weight.MODERATE)
    elif not writers:
        claim.would_decide(
            f"who writes it: kubectl get {owner.kind.lower()} -n {case.pod.key.namespace} "
            f"{owner.metadata.name} -o yaml --show-managed-fields"
        )
    role = Role.CAUSE if has_left(case.pod) else Role.CONTRIBUTING
    return claim.verdict(
        f"{owner.kind} {owner.metadata.name} is changed back and forth"
        + (f" by {' and '.join(writers)}" if len(writers) > 1 else ""),
        role,
    )


def _returns(case: Case, owner: Workload) -> int:
    """How often the rollout went back to a ReplicaSet that it had left."""
    events = case.context.object_events(owner.kind, owner.metadata.name, case.pod.key.namespace)
    ordered = sorted(events, key=lambda event: event.first or 0.0)
    names = [m["name"] for e in ordered if (m := _SCALED_UP.match(e.message)) is not None]
    steps = [name for name, _ in itertools.groupby(names)]
    # Repeats of one text are counted in one event, so its count tells of returns as well.
    repeated = sum(e.times - 1 for e in ordered if _SCALED_UP.match(e.message))
    back = len(steps) - len(set(steps))
    return back + (repeated if len(set(names)) > 1 else 0)


def _writers(owner: Workload) -> tuple[str, ...]:
    names = [
        field.manager
        for field in owner.metadata.managed_fields or ()
        if not field.subresource and field.manager not in _CONTROLLERS
    ]
    return tuple(dict.fromkeys(names))


def _changes_per_hour(owner: Workload, now: Instant | None) -> float | None:
    created = parse_instant(owner.metadata.creation_timestamp)
    changes = owner.metadata.generation
    if created is None or now is None or changes is None or changes < _CHANGES or now <= created:
        return None
    return changes / ((now - created) / 3600.0)
