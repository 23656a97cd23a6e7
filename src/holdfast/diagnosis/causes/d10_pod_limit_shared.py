"""The memory limit of the pod as a whole was hit, by all its containers together.

What happens
------------
The pod has a limit of its own (pod-level resources), or the sum of its containers' limits is
charged with something that belongs to no single one. One container grows, another is killed.

Why it hurts
------------
The victim is often the innocent one, and its own limit was never reached.

How we know
-----------
The kernel names the pod's cgroup as the limit and the container's as the victim; or the container
was killed for memory without a limit of its own in a pod that has one.

What else it could be
---------------------
The container's own limit is D01. Files on a memory-backed volume are charged to the pod too (D07).

Fix
---
Give each container a limit that fits it, and the pod one that holds their sum; find which one grew.

When the fix is wrong
---------------------
Raising the victim's own limit changes nothing.

References
----------
docs/specs/causes.md 8 (D10); docs/specs/tuning.md 3 (7) and 5.2.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.memory_kill import has_no_limit, last_kill, memory_claim
from holdfast.model.evidence import Weight
from holdfast.model.quantity import Quantity, format_bytes, read_quantity
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D10",
    title="the memory limit of its whole pod was hit",
    lookalikes=("D01", "D07", "D09"),
)


def judge(case: Case) -> Verdict | None:
    """A kill for memory in which the pod's limit, not the container's, was hit."""
    kill = last_kill(case)
    by_kernel = kill is not None and kill.limit_of_pod(case.pod.metadata.uid)
    pod_limit = _pod_limit(case)
    by_setting = kill is None and pod_limit is not None and has_no_limit(case)
    if not by_kernel and not by_setting:
        return None
    claim = memory_claim(CAUSE, case)
    if claim is None:
        return None
    if kill is not None and by_kernel:
        text = "the kernel says that the pod's limit was hit, not the container's"
        claim.read(text, Weight.STRONG, kill.origin)
    if pod_limit is not None:
        text = f"the pod has a memory limit of {format_bytes(pod_limit.bytes)}"
        origin = case.spec_origin("resources.limits.memory")
        claim.observed(text, Weight.STRONG if by_setting else Weight.WEAK, origin)
        claim.with_parameter("pod_limit_bytes", float(pod_limit.bytes))
    if _has_memory_volume(case):
        text = "a memory-backed volume of the pod may be what grew (D07)"
        claim.against(text, Weight.MODERATE, case.spec_origin("volumes"))
    namespace, name = case.pod.key
    claim.would_decide(
        "which container grew: container_memory_working_set_bytes"
        f'{{namespace="{namespace}",pod="{name}"}} of all containers'
    )
    others = [member.name for member in case.pod.members() if member.name != case.name]
    beside = f" (beside {', '.join(others)})" if others else ""
    return claim.verdict(
        f"pod {name} reached its own memory limit, and the kernel killed {case.kind} "
        f"{case.name}{beside}"
    )


def _pod_limit(case: Case) -> Quantity | None:
    own = case.pod.spec.resources
    return read_quantity((own.limits or {}).get("memory")) if own else None


def _has_memory_volume(case: Case) -> bool:
    volumes = case.pod.spec.volumes or ()
    return any(v.empty_dir is not None and v.empty_dir.medium == "Memory" for v in volumes)
