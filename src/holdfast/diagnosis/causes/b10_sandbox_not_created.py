"""The pod's sandbox, its network above all, cannot be created or does not last.

What happens
------------
Before any container the runtime creates a sandbox and asks the network plugin (CNI) for an address.
That fails, or the sandbox dies and is made anew again and again.

Why it hurts
------------
All new pods of the node wait, and each new sandbox restarts every container of its pod.

How we know
-----------
FailedCreatePodSandBox or NetworkNotReady events while the pod waits; or SandboxChanged over and
over.

What else it could be
---------------------
A sandbox that is killed for memory is B09, a name that is still reserved is B13. One SandboxChanged
is a restart of the node (E05).

Fix
---
Repair the network plugin of that node, enlarge the address pool, load the missing runtime class.

When the fix is wrong
---------------------
A few failures in the first half minute of a new node are normal; wait before you act.

References
----------
docs/specs/causes.md 8 (B10), docs/specs/kubelet.md 10.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import is_stuck, pod_claim, pod_text
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B10",
    title="the pod's sandbox or network cannot be created",
    lookalikes=("B09", "B13", "E05"),
)

# Texts of the CNI plugins (bridge host-local, aws-vpc-cni, azure, calico, cilium, flannel).
_POOL_EMPTY = regex(
    r"failed to assign an ip address|no ip addresses available|no available ip"
    r"|insufficient.{0,20} ip|exhausted|address pool.*full|range is full|no more ips",
    re.IGNORECASE,
)
_NETWORK = regex(
    r"network for sandbox|network sandbox|networkplugin|cni|network is not ready|NetworkNotReady"
    r"|NetworkPluginNotReady|failed to set ?up (?:pod|sandbox).*network|failed to find plugin",
    re.IGNORECASE,
)
_IMAGE = regex(r"sandbox image|pause[:@]", re.IGNORECASE)
_RUNTIME_CLASS = regex(r"no runtime for|runtime handler .* not (?:found|supported)", re.IGNORECASE)
# Told by others: the limit (B09), a reserved name (B13).
_NOT_MINE = regex(r"OOM-killed|memory limit|is reserved for", re.IGNORECASE)
# One new sandbox is a reboot; several in one hour of events are a loop (a judgement).
_LOOP_TIMES = 3


def judge(case: Case) -> Verdict | None:
    """A pod whose sandbox fails, or is made anew over and over."""
    failed = tuple(
        event
        for event in case.events.of("FailedCreatePodSandBox", "NetworkNotReady")
        if not _NOT_MINE.search(event.message)
    )
    if failed and is_stuck(case):
        return _judge_failure(case, failed)
    changed = case.events.of("SandboxChanged")
    if sum(event.times for event in changed) >= _LOOP_TIMES:
        found = pod_claim(CAUSE, case, changed, Weight.STRONG)
        if found is not None:
            times = sum(event.times for event in changed)
            if case.status is not None and times >= case.restarts:
                text = f"that is as often as it was restarted ({case.restarts})"
                found[0].inferred(text, Weight.MODERATE, case.status_origin("restartCount"))
            return found[0].verdict(
                f"the sandbox of {pod_text(case)} was made anew at least {times} times, and each "
                "time all its containers start over"
            )
    return None


def _judge_failure(case: Case, failed: tuple[Event, ...]) -> Verdict | None:
    network = tuple(event for event in failed if _NETWORK.search(event.message))
    # A bare timeout is as likely a slow disk of the node (B13).
    bare = not network and "deadline exceeded" in failed[-1].message.lower()
    weight = Weight.MODERATE if bare else Weight.CONCLUSIVE
    found = pod_claim(CAUSE, case, network or failed, weight)
    if found is None:
        return None
    claim, event = found
    node = case.pod.spec.node_name or "NODE"
    claim.would_decide(
        f"whether the node's network is up: kubectl get pods -n kube-system "
        f"--field-selector spec.nodeName={node}"
    )
    return claim.verdict(f"{pod_text(case)} cannot start: {_why(event)}")


def _why(event: Event) -> str:
    if _POOL_EMPTY.search(event.message):
        return "no network address is left for it"
    if _RUNTIME_CLASS.search(event.message):
        return "its node does not have the runtime that its runtimeClassName asks for"
    if _IMAGE.search(event.message):
        return "the image of the sandbox itself cannot be pulled"
    if _NETWORK.search(event.message):
        return f"the network plugin of its node fails: {quote(event.message)}"
    return f"its sandbox cannot be created: {quote(event.message)}"
