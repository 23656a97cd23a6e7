"""How a pod ended as a whole: evicted, preempted, shut down, deleted. The ground of groups E and F.

Rules: such an end never restarts a container in place (kubelet.md 6.4), so it is told of the pod,
and of a container only while the pod's own status does not settle the matter yet.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.state import pod_state
from holdfast.model.evidence import Weight
from holdfast.model.instant import Instant, parse_instant
from holdfast.model.pod import Pod, PodCondition
from holdfast.model.span import Origin

# Reasons of the pod's status after an end that the kubelet brought about (kubelet.md 6.4 to 6.6).
_ENDED_BY_KUBELET = frozenset({"Evicted", "Terminated", "Preempting", "NodeShutdown", "Shutdown"})


def speaks_for_pod(case: Case) -> bool:
    """Whether an end of the whole pod is to be told of this case.

    Of a settled pod it is told once, for the pod; its containers do not repeat it.
    """
    return case.member is None or pod_state(case.pod) is None


def has_left(pod: Pod) -> bool:
    """Whether the pod is over or on its way out: an end of its containers is no restart."""
    status = pod.status
    return (
        status.phase in ("Failed", "Succeeded")
        or status.reason in _ENDED_BY_KUBELET
        or bool(pod.metadata.deletion_timestamp)
    )


def disruption(case: Case, *reasons: str) -> PodCondition | None:
    """The DisruptionTarget condition with one of these reasons, or None."""
    condition = case.pod.condition("DisruptionTarget")
    if condition is None or condition.status == "False" or condition.reason not in reasons:
        return None
    return condition


def disruption_claim(cause: Cause, case: Case, reason: str, meaning: str) -> Claim:
    """A claim, with the DisruptionTarget condition of this reason as evidence where it is set."""
    claim = Claim(cause)
    condition = disruption(case, reason)
    if condition is not None:
        claim.observed(
            f"the pod's condition DisruptionTarget says {reason}: {meaning}",
            Weight.CONCLUSIVE,
            case.status_origin("conditions[DisruptionTarget]"),
        )
    return claim


def eviction_text(case: Case) -> tuple[str, Origin] | None:
    """What the kubelet wrote when it evicted or refused the pod, and where; None if it did not.

    The pod's status outlives its events; the event alone stands for pods that were read as text.
    """
    status = case.pod.status
    if status.reason == "Evicted":
        return status.message, case.status_origin("message")
    for event in reversed(case.events.of("Evicted")):
        return event.message, case.events.origin(event)
    return None


def weigh_eviction(claim: Claim, text: str, origin: Origin) -> Claim:
    """Add the kubelet's own words about the eviction, which are conclusive."""
    return claim.observed(
        f'the kubelet evicted the pod: "{quote(text)}"', Weight.CONCLUSIVE, origin
    )


def deletion_asked(pod: Pod) -> Instant | None:
    """When the deletion was asked for; deletionTimestamp lies one grace later (kubelet.md 5.1)."""
    due = parse_instant(pod.metadata.deletion_timestamp)
    if due is None:
        return None
    grace = pod.metadata.deletion_grace_period_seconds
    return Instant(due - (pod.spec.grace_seconds if grace is None else grace))
