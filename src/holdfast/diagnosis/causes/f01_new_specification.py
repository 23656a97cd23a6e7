"""A new specification was rolled out, and the restarts begin with it.

What happens
------------
Somebody changes the image or the template. New pods replace the old ones, or, when the pod itself
is edited, the kubelet stops the container because its definition changed.

Why it hurts
------------
If the new revision is wrong, every pod of it fails while the old ones were well.

How we know
-----------
A Killing event says "definition changed", or pods of another revision of the same workload run
without restarts while those of this revision fail.

What else it could be
---------------------
A new kubelet takes unchanged containers of many workloads for changed (E12). A rollout restart
changes nothing but an annotation (F02). An outage of a dependency hits both revisions.

Fix
---
Roll back or correct the change; the crash itself has its own cause, named beside this one.

When the fix is wrong
---------------------
A rollback does not help when the old revision would fail as well today: compare its healthy pods.

References
----------
docs/specs/causes.md 6.1 and 8 (F01), docs/specs/kubelet.md 2.1.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.model.evidence import Weight
from holdfast.model.pod import Pod
from holdfast.model.verdict import Role, Verdict
from holdfast.model.workload import Workload

CAUSE = Cause(
    id="F01",
    title="a new specification was rolled out",
    lookalikes=("E12", "F02", "F18"),
)

# apps/v1 DefaultDeploymentUniqueLabelKey
_HASH = "pod-template-hash"


def judge(case: Case) -> Verdict | None:
    """A container whose definition changed, or a revision that fails where another is well."""
    if case.life is None:
        return None
    stop = case.stop
    if stop is not None and stop.kind is StopKind.DEFINITION:
        claim = Claim(CAUSE)
        text = f'the kubelet stopped it: "{quote(stop.event.message)}"'
        weight = Weight.CONCLUSIVE if stop.direct else Weight.MODERATE
        claim.observed(text, weight, case.events.origin(stop.event))
        if not stop.direct:
            claim.against("an earlier life ended so, not the last one", Weight.MODERATE)
        _weigh_neighbours(claim, case)
        return claim.verdict(
            f"the definition of {case.kind} {case.name} changed while it ran, so the kubelet "
            "started it anew"
        )
    return _judge_revision(case)


def _weigh_neighbours(claim: Claim, case: Case) -> None:
    """Other workloads of the node with the same event point to the kubelet (E12)."""
    mine = case.pod.metadata.controller
    for pod in case.context.pods_on(case.pod.spec.node_name):
        other = pod.metadata.controller
        same = mine is not None and other is not None and other.uid == mine.uid
        if pod is case.pod or same:
            continue
        if any(
            StopKind.DEFINITION.value in event.message
            for event in case.context.events_of(pod).of("Killing")
        ):
            text = f"pod {pod.key.name} of another owner on this node was taken for changed as well"
            claim.against(text, Weight.STRONG)


def _judge_revision(case: Case) -> Verdict | None:
    own = case.pod.metadata.controller
    if own is None or own.kind != "ReplicaSet" or not case.restarts:
        return None
    replica_set = case.context.workload("ReplicaSet", case.pod.key.namespace, own.name)
    if replica_set is None or not _is_newest(case, replica_set):
        return None
    well = [
        pod
        for older in case.context.sisters(replica_set)
        for pod in case.context.owned_pods(older)
        if _is_well(pod)
    ]
    if not well:
        return None
    revision = (case.pod.metadata.labels or {}).get(_HASH, own.name)
    claim = Claim(CAUSE).observed(
        f"{len(well)} pods of older revisions run without restarts, e.g. {well[0].key.name}",
        Weight.STRONG,
    )
    claim.would_decide(
        f"what changed: kubectl rollout history -n {case.pod.key.namespace} and a diff of the "
        "two ReplicaSets"
    )
    return claim.verdict(
        f"{case.kind} {case.name} restarts since revision {revision}; pods of the revision before "
        "are well",
        Role.CONTRIBUTING,
    )


def _is_newest(case: Case, replica_set: Workload) -> bool:
    created = replica_set.metadata.creation_timestamp or ""
    # RFC 3339 in UTC sorts as text.
    return all(
        (other.metadata.creation_timestamp or "") < created
        for other in case.context.sisters(replica_set)
    )


def _is_well(pod: Pod) -> bool:
    statuses = pod.status.container_statuses or ()
    return bool(statuses) and all(s.ready and not s.restart_count for s in statuses)
