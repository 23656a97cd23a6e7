"""An init container reaches its memory limit.

What happens
------------
The kernel kills a process of the init container. The kubelet counts it as failed even when it ended
with exit code 0, because a child may have been the victim, and starts it again.

Why it hurts
------------
The main containers never start, while everybody looks at their limits.

How we know
-----------
The container stands among the init containers and its end bears the reason OOMKilled.

What else it could be
---------------------
A limit so small that nothing starts is B09. An init container that fails by itself is F09.

Fix
---
Raise the limit of the init container; it costs nothing later, since the pod's request is the larger
of the init and the main containers'.

When the fix is wrong
---------------------
If it loads data that grows with time, load it in parts.

References
----------
docs/specs/causes.md 5.2, 8 (D11); docs/specs/kubelet.md 4.1 and Q29.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import uptime_text
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.memory_kill import limit_text, memory_limit_bytes, series_text
from holdfast.model.container import ContainerKind
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D11",
    title="the init container reaches its memory limit",
    lookalikes=("B09", "D01", "F09"),
)

_START_FAILED = 128


def judge(case: Case) -> Verdict | None:
    """An init container whose end bears the mark of the OOM killer, whatever its code."""
    life = case.life
    if case.kind is not ContainerKind.INIT or life is None:
        return None
    marked = life.reason == "OOMKilled" and life.exit_code != _START_FAILED
    if not marked and not (life.killed and case.kernel_kills):
        return None
    claim = Claim(CAUSE)
    if marked:
        text = f"the init container ended as OOMKilled with exit code {life.exit_code}"
        claim.observed(text, Weight.CONCLUSIVE, life.origin)
        if life.exit_code == 0:
            text = "the kubelet counts that as a failure in spite of exit code 0"
            claim.observed(text, Weight.MODERATE, life.origin)
    for kill in case.kernel_kills[-1:]:
        claim.read("the kernel names it as victim", Weight.STRONG, kill.origin)
    limit = memory_limit_bytes(case)
    if limit is not None:
        text = f"its memory limit is {limit_text(case).removeprefix('its memory limit of ')}"
        claim.observed(text, Weight.WEAK, case.spec_origin("resources.limits.memory"))
        claim.with_parameter("limit_bytes", float(limit))
    claim.would_decide(series_text(case))
    return claim.verdict(
        f"init container {case.name} reaches {limit_text(case)}{uptime_text(case)}, so the main "
        "containers do not start"
    )
