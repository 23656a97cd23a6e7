"""The CPU limit throttles the process so much that its probe times out.

What happens
------------
The kernel stops a container that has used its quota until the next period of 100 ms begins. The
handler of the probe waits in the same queue, and answers later than `timeoutSeconds`.

Why it hurts
------------
The kill starts the process again, starting costs CPU, and the new life is throttled more.

How we know
-----------
The probe times out and the container's CPU limit gives the whole process only a few milliseconds of
CPU within one timeout. Throttled periods at the time of the failures make it certain.

What else it could be
---------------------
An endpoint that is slow by itself (C04), a hang (C07), a busy node (C12).

Fix
---
Raise or remove the CPU limit and keep the request; set GOMAXPROCS or the thread count to the limit;
a longer timeout only as a bridge.

When the fix is wrong
---------------------
If no period was throttled while the probe failed, the limit is innocent.

References
----------
docs/specs/causes.md 8 (C05), docs/specs/kubelet.md 7.3, kubernetes/kubernetes#70585.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.evidence.probe_story import ProbeStory
from holdfast.diagnosis.probe_kill import kill_claim, may_have_killed
from holdfast.model.evidence import Weight
from holdfast.model.quantity import read_quantity
from holdfast.model.verdict import ProbeFailure, Verdict

CAUSE = Cause(
    id="C05",
    title="its CPU limit is so low that the probe times out",
    lookalikes=("C04", "C07", "C12"),
    probe_failure=ProbeFailure.STARVED,
)

# CPU time that the whole process may use within one timeout. A handler that only says "ok" costs
# about a millisecond in Go and up to some ten in interpreted languages, the process besides has its
# own work: below 50 ms the quota alone explains a timeout, below 250 ms a busy moment does.
_STARVED_MILLISECONDS = 50
_TIGHT_MILLISECONDS = 250
# From where on the alert CPUThrottlingHigh of the kubernetes-mixin fires.
_THROTTLED_SHARE = 0.25
# Less than one period of a hundred makes no probe late three times.
_UNTHROTTLED_SHARE = 0.01


def judge(case: Case) -> Verdict | None:
    """Timeouts of a container with a small CPU limit."""
    limit = read_quantity(case.spec.limit("cpu")) if case.spec else None
    if limit is None:
        return None
    made = kill_claim(CAUSE, case, Answer.TIMEOUT, Answer.COMMAND_TIMEOUT, unseen=True)
    if made is None:
        return None
    claim, story = made
    if not _weigh_limit(claim, case, story, limit.millicores):
        return None
    if not story.results and story is not case.possible_story:
        return None
    if not story.results:
        return may_have_killed(claim, case, story)
    claim.with_parameter("limit_millicores", float(limit.millicores))
    if _throttled_share(case) is None:
        claim.would_decide(
            "throttling while the probe fails: container_cpu_cfs_throttled_periods_total, or "
            "cpu.stat of the container's cgroup"
        )
    return claim.verdict(
        f"the {story.name} probe of {case.kind} {case.name} times out because its CPU limit of "
        f"{limit.millicores}m starves the process, so the kubelet kills it"
    )


def _weigh_limit(claim: Claim, case: Case, story: ProbeStory, millicores: int) -> bool:
    available = millicores * story.probe.timeout
    throttled = (_throttled_share(case) or 0.0) >= _THROTTLED_SHARE
    text = (
        f"a CPU limit of {millicores}m lets the whole process use {available} ms of CPU within the "
        f"probe's timeout of {story.probe.timeout} s"
    )
    origin = case.spec_origin("resources.limits.cpu")
    if available <= _STARVED_MILLISECONDS:
        claim.observed(text, Weight.STRONG, origin)
    elif available <= _TIGHT_MILLISECONDS:
        claim.observed(text, Weight.MODERATE, origin)
    elif not throttled:
        return False
    _weigh_throttling(claim, case)
    return True


def _throttled_share(case: Case) -> float | None:
    return case.measured.throttled_share if case.measured is not None else None


def _weigh_throttling(claim: Claim, case: Case) -> None:
    share = _throttled_share(case)
    if share is None:
        return
    text = f"its CPU limit held it back in {share:.0%} of the periods in which it ran (measured)"
    origin = case.measured_origin("throttling")
    if share >= _THROTTLED_SHARE:
        claim.observed(text, Weight.STRONG, origin)
    elif share < _UNTHROTTLED_SHARE:
        claim.against(text, Weight.STRONG, origin)
