"""The runtime is too slow to create the container, or a name of an earlier attempt is still taken.

What happens
------------
A create request does not end in time. The kubelet asks again while the runtime still works on the
first one, which holds the container's name: "name is reserved".

Why it hurts
------------
Retries pile up on a node whose disk is already overloaded; containers start minutes late or never.

How we know
-----------
CreateContainerError or an event says "context deadline exceeded" on create, or that the name is
reserved or in use.

What else it could be
---------------------
A deadline while pulling is B08, one of the network plugin is B10, one of a probe is C04 or C09.

Fix
---
Relieve or replace the node's disk (I/O wait, huge images, many containers at once), then restart
the runtime if a name stays reserved.

When the fix is wrong
---------------------
If all nodes show it at once, look for what they share: storage behind the disks, a new image.

References
----------
docs/specs/causes.md 8 (B13) and 10.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import (
    is_stuck,
    pod_claim,
    pod_text,
    start_failures,
    weigh_failure,
    who,
)
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B13",
    title="the runtime is too slow, or holds the name of an earlier attempt",
    lookalikes=("B10", "E11", "E14"),
)

# containerd internal/cri, cri-o server, dockershim.
_NAME_TAKEN = regex(
    r"is reserved for|failed to reserve (?:container|sandbox) name|name .* is already in use"
    r"|error reserving (?:ctr|pod) name",
    re.IGNORECASE,
)
_TOO_SLOW = regex(
    r"context deadline exceeded|DeadlineExceeded|requests? that (?:are|is) timing out"
    r"|operation timeout",
    re.IGNORECASE,
)
_CREATING = frozenset(
    {"CreateContainerError", "RunContainerError", "CreateContainerConfigError", "StartError",
     "Failed"}
)  # fmt: skip
# A deadline of somebody else: the registry (B08), the network plugin (B10).
_ELSEWHERE = regex(r"pull|registry|cni|network", re.IGNORECASE)


def judge(case: Case) -> Verdict | None:
    """A start, or a sandbox, that failed for time or for a name that is taken."""
    for failure in start_failures(case):
        if failure.reason in _CREATING and _is_mine(failure.text):
            claim = weigh_failure(Claim(CAUSE), case, failure)
            return _verdict(claim, case, f"{who(case)}", failure.text)
    if not is_stuck(case):
        return None
    events = tuple(e for e in case.events.of("FailedCreatePodSandBox") if _is_mine(e.message))
    found = pod_claim(CAUSE, case, events, Weight.CONCLUSIVE)
    return _verdict(found[0], case, pod_text(case), found[1].message) if found else None


def _is_mine(text: str) -> bool:
    if _NAME_TAKEN.search(text):
        return True
    return bool(_TOO_SLOW.search(text)) and not _ELSEWHERE.search(text)


def _verdict(claim: Claim, case: Case, who: str, text: str) -> Verdict | None:
    node = case.pod.spec.node_name or "(not read)"
    if _NAME_TAKEN.search(text):
        why = "the runtime still holds its name from an earlier attempt"
    else:
        why = "the runtime did not create it in time"
    claim.would_decide(
        f"the disk of node {node}: I/O wait (iostat -x, /proc/pressure/io) and the runtime's log "
        "(journalctl -u containerd)"
    )
    return claim.verdict(f"{who} cannot start on node {node}: {why}")
