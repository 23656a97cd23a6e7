"""The number of replicas goes up and down, and pods are deleted young.

What happens
------------
A horizontal autoscaler follows a metric that swings. Each time it falls, pods that were made
minutes ago are deleted.

Why it hurts
------------
Pods that have just warmed up are thrown away, and the ends look like failures.

How we know
-----------
The workload was scaled up and down several times within the hour, and the pod was deleted.

What else it could be
---------------------
A rollout (F01, F18) scales one ReplicaSet up and another one down.

Fix
---
A stabilization window, a slower scale-down policy, a steadier metric.

When the fix is wrong
---------------------
If load really comes in waves, keep a higher minimum instead.

References
----------
docs/specs/causes.md 8 (F05).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="F05",
    title="the number of replicas goes up and down",
    lookalikes=("F01", "F18"),
)

# pkg/controller/deployment: "Scaled up replica set NAME from A to B"; older ones without "from".
_SCALED = regex(r"Scaled (?P<way>up|down) replica set (?P<name>\S+)")
# Once up and down is one wave of load; twice within the life of events (1 h) is flapping.
_TURNS = 2


def judge(case: Case) -> Verdict | None:
    """A deleted pod whose own ReplicaSet was scaled both ways more than once."""
    if not case.pod.metadata.deletion_timestamp or not speaks_for_pod(case):
        return None
    chain = case.context.owner_chain(case.pod)
    if not chain or chain[0][0] != "ReplicaSet":
        return None
    replica_set = chain[0][1]
    up, down = _turns(case, replica_set)
    if min(up, down) < _TURNS:
        return None
    claim = Claim(CAUSE).observed(
        f"ReplicaSet {replica_set} was scaled up {up} times and down {down} times "
        "in the events that were read",
        Weight.STRONG,
    )
    return claim.verdict(
        f"pod {case.pod.key.name} was removed by a scale-down; its workload was scaled up {up} "
        f"and down {down} times"
    )


def _turns(case: Case, replica_set: str) -> tuple[int, int]:
    counted = {"up": 0, "down": 0}
    for kind, name in case.context.owner_chain(case.pod):
        for event in case.context.object_events(kind, name, case.pod.key.namespace):
            match = _SCALED.match(event.message)
            if match is not None and match["name"].rstrip(",") == replica_set:
                counted[match["way"]] += event.times
    return counted["up"], counted["down"]
