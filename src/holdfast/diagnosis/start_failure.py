"""The start of every claim of group B: what the kubelet or the runtime said instead of starting.

Rules: the waiting reason and the StartError of the status are the API's own words and conclusive;
a Failed event counts only while the container is still not started, because an old one tells of a
start that succeeded later. What keeps a whole pod from starting is told of the pod and of each of
its containers that waits.
"""

import re
from collections.abc import Iterator

import msgspec

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.pod import Pod
from holdfast.model.regex import regex
from holdfast.model.span import Origin

# Reasons of a waiting state that say nothing about why it waits (kubelet.md 3.9, 9.1).
_NO_REASON = frozenset({"", "CrashLoopBackOff", "ContainerCreating", "PodInitializing"})
# microsoft/hcsshim and containerd/platforms: an image for the other operating system.
OTHER_SYSTEM = regex(
    r"operating system does not match the host|operating system .* cannot be used on this platform"
    r"|windows version .* is incompatible with|no match(?:ing manifest)? for.{0,20}windows"
    r"|hcsshim.*mismatch",
    re.IGNORECASE,
)


class StartFailure(msgspec.Struct, frozen=True):
    """One statement that a container could not be started; `told` introduces `text`."""

    told: str
    text: str
    reason: str
    weight: Weight
    origin: Origin


def start_failures(case: Case) -> Iterator[StartFailure]:
    """Every such statement about this container, the surest first."""
    waits = case.waiting_reason not in _NO_REASON
    if waits:
        yield StartFailure(
            f"it waits with {case.waiting_reason}",
            case.waiting_message,
            case.waiting_reason,
            Weight.CONCLUSIVE,
            case.status_origin("state.waiting"),
        )
    life = case.life
    if life is not None and not life.started_at_all:
        told = f"its last start ended with {life.reason}, exit code {life.exit_code}"
        yield StartFailure(told, life.message, life.reason, Weight.CONCLUSIVE, life.origin)
    if case.member is None or not (waits or _not_yet_started(case)):
        return
    for event in reversed(case.events.about(case.name, "Failed", "InspectFailed")):
        yield StartFailure(
            f"the kubelet reported {event.reason}",
            event.message,
            event.reason,
            Weight.STRONG,
            case.events.origin(event),
        )


def start_claim(
    cause: Cause, case: Case, pattern: re.Pattern[str], reasons: frozenset[str] = frozenset()
) -> tuple[Claim, re.Match[str]] | None:
    """The claim that rests on the first statement whose text the pattern recognises, and the match.

    `reasons` limits which waiting, end or event reasons count; empty means any.
    """
    for failure in start_failures(case):
        if reasons and failure.reason not in reasons:
            continue
        match = pattern.search(failure.text)
        if match is not None:
            return weigh_failure(Claim(cause), case, failure), match
    return None


def weigh_failure(claim: Claim, case: Case, failure: StartFailure) -> Claim:
    """Add a statement to a claim, and that the container has never run where that is so."""
    said = f': "{quote(failure.text)}"' if failure.text else ""
    claim.observed(failure.told + said, failure.weight, failure.origin)
    if case.status is not None and case.life is None and case.restarts == 0:
        text = "it has never run: restartCount is 0 and no life has ended"
        claim.observed(text, Weight.WEAK, case.status_origin("restartCount"))
    return claim


def is_stuck(case: Case) -> bool:
    """Whether this container, or for a whole pod any of its containers, waits for its start now."""
    if case.member is not None:
        return _not_yet_started(case) or case.waiting_reason not in _NO_REASON
    return case.pod.status.phase in ("", "Pending") and _any_waits(case.pod)


def pod_claim(
    cause: Cause, case: Case, events: tuple[Event, ...], weight: Weight
) -> tuple[Claim, Event] | None:
    """The claim that rests on the newest of these events of a pod that waits, and that event."""
    if not events:
        return None
    newest = events[-1]
    times = "" if newest.times == 1 else f" (at least {newest.times} times)"
    text = f'the pod reports {newest.reason}{times}: "{quote(newest.message)}"'
    return Claim(cause).observed(text, weight, case.events.origin(newest)), newest


def who(case: Case) -> str:
    """ "container api", or "the container" for a log that was pasted alone."""
    return f"{case.kind} {case.name}" if case.name else "the container"


def pod_text(case: Case) -> str:
    """ "pod api", for summaries about the pod as a whole."""
    return f"pod {case.pod.key.name}"


def _not_yet_started(case: Case) -> bool:
    status = case.status
    if status is None:
        return case.pod.status.phase == "Pending"
    waiting = status.state.waiting
    return waiting is not None and waiting.reason != "CrashLoopBackOff"


def _any_waits(pod: Pod) -> bool:
    statuses = [member.status for member in pod.members()]
    return any(s is None or s.state.waiting is not None for s in statuses) or not statuses
