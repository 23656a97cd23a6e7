"""The node ran short of process ids, and pods were evicted or could not fork.

What happens
------------
Too many processes and threads run on the node. The kubelet evicts pods when a threshold for pids is
configured; without one, forks fail everywhere on the node.

Why it hurts
------------
One process that forks without end harms every pod of the node, and even the kubelet's probes.

How we know
-----------
The eviction message names pids, or the node's condition PIDPressure is True while threads cannot be
made.

What else it could be
---------------------
A limit of the pod alone (A26) leaves the node's condition False.

Fix
---
Find the pod with the most processes and correct it; set podPidsLimit in the kubelet.

When the fix is wrong
---------------------
If every pod is modest, the node has too many of them: lower maxPods.

References
----------
docs/specs/causes.md 8 (E04), docs/specs/kubelet.md 6.4.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.node_signs import node_conditions
from holdfast.diagnosis.pod_end import eviction_text, speaks_for_pod, weigh_eviction
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E04",
    title="the node ran short of process ids",
    lookalikes=("A26",),
)

_LOW = regex(r"low on resource: pids\b|had condition: \[[^\]]*PIDPressure", re.IGNORECASE)
# fork(2) and pthread_create(3) report EAGAIN; these are its words in shells, Go, Java and Python.
_CANNOT_FORK = regex(
    r"cannot fork|fork: (retry|Resource temporarily)|pthread_create failed"
    r"|unable to create (new )?native thread|can't start new thread",
    re.IGNORECASE,
)


def judge(case: Case) -> Verdict | None:
    """An eviction for pids, or failing forks on a node under PID pressure."""
    told = eviction_text(case)
    node = case.pod.spec.node_name or "(not read)"
    if told is not None and _LOW.search(told[0]) and speaks_for_pod(case):
        claim = weigh_eviction(Claim(CAUSE), *told)
        return claim.verdict(f"node {node} ran short of process ids, and the pod was evicted")
    if case.life is None or not node_conditions(case, "PIDPressure"):
        return None
    line = next((line for line in case.last_words if _CANNOT_FORK.search(line)), None)
    if line is None:
        return None
    claim = Claim(CAUSE).observed(f"node {node} reports PIDPressure", Weight.STRONG)
    claim.read(f'the last lines of the ended life say "{line.strip()[:200]}"', Weight.STRONG)
    claim.would_decide(
        f"which pod has the most processes: on node {node}, ps -eLf by control group"
    )
    return claim.verdict(
        f"node {node} is short of process ids, so {case.kind} {case.name} cannot start threads"
    )
