"""A limit of the Job ended the pod: its deadline, its retries or its failure policy.

What happens
------------
activeDeadlineSeconds runs out, backoffLimit is used up or a rule of podFailurePolicy matches. The
Job is marked failed and its pods are stopped.

Why it hurts
------------
The work is not done, and the pods that the deadline stopped look as if they had crashed.

How we know
-----------
The pod's reason is DeadlineExceeded, or the Job's condition Failed names the limit.

What else it could be
---------------------
Each failed pod has a cause of its own (A, D), which comes first; the limit only ends the retries.

Fix
---
Correct what makes the pods fail or slow; then choose limits that fit the real duration.

When the fix is wrong
---------------------
A larger backoffLimit only repeats a failure that is certain.

References
----------
docs/specs/causes.md 8 (F06), docs/specs/kubelet.md 6.8.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.pod import PodCondition
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="F06",
    title="a limit of its Job ended it",
    lookalikes=("A01", "F07"),
)

# pkg/kubelet/active_deadline.go and pkg/controller/job: reasons of the status and the condition.
_DEADLINE = "DeadlineExceeded"
_RETRIES = ("BackoffLimitExceeded", "MaxFailedIndexesExceeded", "FailedIndexes", "PodFailurePolicy")


def judge(case: Case) -> Verdict | None:
    """A pod past its deadline, or one of a Job that gave up."""
    if not speaks_for_pod(case):
        return None
    status = case.pod.status
    if status.reason == _DEADLINE:
        claim = Claim(CAUSE).observed(
            f'the pod\'s status says {status.reason}: "{quote(status.message)}"',
            Weight.CONCLUSIVE,
            case.status_origin("reason"),
        )
        _add_deadline(claim, case.pod.spec.active_deadline_seconds)
        return claim.verdict(f"pod {case.pod.key.name} was ended by its activeDeadlineSeconds")
    return _judge_job(case)


def _judge_job(case: Case) -> Verdict | None:
    owner = case.pod.metadata.controller
    if owner is None or owner.kind != "Job":
        return None
    job = case.context.workload("Job", case.pod.key.namespace, owner.name)
    failed = next((c for c in (job.status.conditions or ()) if _is_limit(c)), None) if job else None
    if job is None or failed is None:
        return None
    claim = Claim(CAUSE).observed(
        f'Job {owner.name} failed: {failed.reason}: "{quote(failed.message)}"', Weight.STRONG
    )
    if failed.reason == _DEADLINE:
        _add_deadline(claim, job.spec.active_deadline_seconds)
        return claim.verdict(f"Job {owner.name} ran into its activeDeadlineSeconds")
    if job.spec.backoff_limit is not None:
        claim.with_parameter("backoff_limit", float(job.spec.backoff_limit))
    return claim.verdict(
        f"Job {owner.name} gave up ({failed.reason}) after its pods failed", Role.CONTRIBUTING
    )


def _is_limit(condition: PodCondition) -> bool:
    return (
        condition.type in ("Failed", "FailureTarget")
        and condition.status == "True"
        and condition.reason in (_DEADLINE, *_RETRIES)
    )


def _add_deadline(claim: Claim, seconds: int | None) -> None:
    if seconds is not None:
        claim.with_parameter("active_deadline_seconds", float(seconds))
