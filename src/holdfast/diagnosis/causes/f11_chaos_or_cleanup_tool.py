"""A chaos experiment or a cleanup tool ended the pod on purpose.

What happens
------------
Chaos Mesh, Litmus, kube-monkey or chaoskube kill pods to test that the service survives; cleanup
tools delete what is older than a limit.

Why it hurts
------------
It is intended, but people on call search for a fault that does not exist.

How we know
-----------
An event of the pod or of an experiment names the tool; labels that admit a tool make it possible.

What else it could be
---------------------
A person who deletes pods or kills processes (F12) leaves no event.

Fix
---
None, or exclude the workload from the experiment.

When the fix is wrong
---------------------
If the service does not survive the experiment, the experiment has found the fault.

References
----------
docs/specs/causes.md 8 (F11).
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import has_left
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="F11",
    title="a chaos or cleanup tool ended it on purpose",
    lookalikes=("F12",),
)

# Words of linki/chaoskube, asobti/kube-monkey, chaos-mesh, litmuschaos, hjacobs/kube-janitor.
_TOOL = regex(
    r"chaoskube|kube-?monkey|chaos[- ]?mesh|litmus(chaos)?|chaos experiment|kube-janitor"
    r"|TimeToLiveExpired|pod-reaper",
    re.IGNORECASE,
)
# chaos-mesh.org/v1alpha1 and litmuschaos.io/v1alpha1.
_EXPERIMENTS = ("PodChaos", "StressChaos", "ContainerChaos", "ChaosEngine", "ChaosResult")
_LABELS = ("kube-monkey/enabled", "chaos.alpha.kubernetes.io/enabled")
# 128 + SIGTERM and SIGKILL: how these tools end a process.
_SIGNALS = frozenset({137, 143})


def judge(case: Case) -> Verdict | None:
    """A pod that a tool names, or one that admits a tool and died by a signal."""
    if case.life is None and not has_left(case.pod):
        return None
    claim = Claim(CAUSE)
    for event in [e for e in case.events.all if _by_tool(e)][-1:]:
        text = f'a tool said of the pod "{quote(event.message)}"'
        claim.observed(text, Weight.CONCLUSIVE, case.events.origin(event))
    for event in _experiments(case)[-1:]:
        kind = event.involved_object.kind
        text = f'{kind} {event.involved_object.name} says "{quote(event.message)}"'
        claim.observed(text, Weight.STRONG)
    marks = {**(case.pod.metadata.labels or {}), **(case.pod.metadata.annotations or {})}
    admitted = [label for label in _LABELS if marks.get(label) in ("enabled", "true")]
    if admitted and case.exit_code in _SIGNALS and case.stop is None:
        claim.suggested(f"the pod admits a chaos tool ({admitted[0]})", Weight.WEAK)
    who = f"{case.kind} {case.name}" if case.name else f"pod {case.pod.key.name}"
    return claim.verdict(f"a chaos or cleanup tool ended {who} on purpose")


def _by_tool(event: Event) -> bool:
    component = event.source.component if event.source else event.reporting_component
    return any(_TOOL.search(text) for text in (event.reason, event.message, component))


def _experiments(case: Case) -> list[Event]:
    namespace, name = case.pod.key
    told = [event for kind in _EXPERIMENTS for event in case.context.kind_events(kind)]
    if not told:
        return []
    mine = regex(rf"(^|[\s\"'/]){re.escape(name)}($|[\s\"',.;])")
    return [
        event
        for event in told
        if mine.search(event.message)
        and (event.involved_object.namespace in ("", namespace) or f"{namespace}/" in event.message)
    ]
