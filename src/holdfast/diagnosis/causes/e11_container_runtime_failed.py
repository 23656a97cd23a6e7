"""The container runtime or its shim crashed or was replaced, and containers were lost.

What happens
------------
containerd, CRI-O or a shim process ends (a crash, an upgrade, the node's OOM killer). The kubelet
cannot find containers it knew, writes ContainerStatusUnknown with 137, and starts them again.

Why it hurts
------------
137 looks like an out-of-memory kill of the pod, and many pods of the node restart for no fault of
their own.

How we know
-----------
The reason ContainerStatusUnknown, the same on other pods of the node within a minute, and events in
which the runtime cannot be reached, while the host did not restart.

What else it could be
---------------------
A restart of the host (E05): its boot id changes. An evicted pod shows the same reason and code, and
was not restarted at all (E01 to E03).

Fix
---
Look at the runtime's service log on the node; fix or upgrade it. The pods need no patch.

When the fix is wrong
---------------------
If a single pod keeps losing its containers, look at its own shim and memory.

References
----------
docs/specs/causes.md 5.1 and 8 (E11), docs/specs/kubelet.md 2.5.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.lives import Life
from holdfast.diagnosis.node_signs import (
    LOST_REASONS,
    lost_neighbours,
    near_end,
    node_conditions,
    node_events,
)
from holdfast.diagnosis.pod_end import has_left
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="E11",
    title="the container runtime of its node failed",
    lookalikes=("E05", "D01", "E01"),
)

_KUBELET_LOST = "ContainerStatusUnknown"
_NEIGHBOURS = 2
# kubernetes/node-problem-detector config/*.json: rules that watch the runtimes.
_RUNTIME_EVENTS = (
    "ContainerdStart",
    "DockerStart",
    "CrioStart",
    "FrequentContainerdRestart",
    "FrequentDockerRestart",
)
_RUNTIME_CONDITIONS = (
    "FrequentContainerdRestart",
    "FrequentDockerRestart",
    "ContainerRuntimeUnhealthy",
    "ContainerRuntimeProblem",
)
# What gRPC and ttrpc clients say of a runtime or shim that is gone.
_RUNTIME_GONE = (
    "containerd.sock: connect: connection refused",
    "containerd.sock: connect: no such file",
    "crio.sock: connect",
    "ttrpc: closed",
    "shim disconnected",
    "dead shim",
    "shim reaper",
    "transport is closing",
    "error reading from server: eof",
)


def judge(case: Case) -> Verdict | None:
    """A container that the kubelet could not find again, or lost beside a failing runtime."""
    life = case.life
    if life is None or life.reason not in LOST_REASONS or has_left(case.pod):
        return None
    claim = Claim(CAUSE)
    signs = _weigh_runtime(claim, case, life)
    if life.reason == _KUBELET_LOST:
        text = f"the kubelet could not find it again: {life.reason}, exit code {life.exit_code}"
        claim.observed(text, Weight.MODERATE, life.origin)
    elif not signs:
        return None
    others = set(lost_neighbours(case, life.reason))
    if len(others) >= _NEIGHBOURS:
        text = f"{len(others)} other pods of the node were lost within the same minute"
        claim.observed(text, Weight.STRONG if life.reason == _KUBELET_LOST else Weight.MODERATE)
    if [event for event in node_events(case, "Rebooted") if near_end(event, life)]:
        claim.against("the node reported a reboot of the host (Rebooted)", Weight.STRONG)
    node = case.pod.spec.node_name or "(not read)"
    claim.would_decide(
        f"on node {node}: uptime, and the service log of the runtime (journalctl -u containerd)"
    )
    beside = f" together with containers of {len(others)} other pods" if others else ""
    return claim.verdict(
        f"the container runtime of node {node} lost {case.kind} {case.name}{beside}; "
        f"exit code {life.exit_code} is no out-of-memory kill"
    )


def _weigh_runtime(claim: Claim, case: Case, life: Life) -> bool:
    own = [event for event in case.events.saying(*_RUNTIME_GONE) if near_end(event, life)]
    node = [e for e in node_events(case) if _is_runtime(e) and near_end(e, life)]
    if own:
        text = f'the kubelet could not reach the runtime: "{quote(own[-1].message)}"'
        claim.observed(text, Weight.STRONG, case.events.origin(own[-1]))
    if node:
        text = f'the node reported {node[-1].reason}: "{quote(node[-1].message)}"'
        claim.observed(text, Weight.STRONG)
    conditions = node_conditions(case, *_RUNTIME_CONDITIONS)
    if conditions:
        claim.observed(f"the node's condition {conditions[0]} is True", Weight.STRONG)
    return bool(own or node or conditions)


def _is_runtime(event: Event) -> bool:
    return event.reason in _RUNTIME_EVENTS or "runtime is down" in event.message.lower()
