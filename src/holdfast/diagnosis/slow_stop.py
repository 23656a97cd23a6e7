"""A stop that somebody asked for, and how long it took: the common ground of group G.

Rules: the stop time d runs from the request to the end (causes.md 6.3). Only a stop that an event,
a probe's window or the pod's deletion tells of counts; 137 alone says nothing about a stop. Hard
evictions and RestartAllContainers bring a grace of their own, and are no stops of this kind.
"""

import msgspec

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.lives import Life
from holdfast.diagnosis.evidence.log_lines import LogMatch
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.diagnosis.pod_end import deletion_asked
from holdfast.kubelet.constants import MINIMUM_GRACE_SECONDS
from holdfast.model.evidence import Weight
from holdfast.model.span import Origin

# The 2 s after a hook that used everything, and a second of rounding (kubelet.md 2.3 and 0.3).
SLACK_SECONDS = MINIMUM_GRACE_SECONDS + 1.0

# How `holdfast run` begins its lines: what a supervisor plans is not what the program does.
_SUPERVISOR = "holdfast run: "

_BY_PROBE = {StopKind.LIVENESS: "liveness", StopKind.STARTUP: "startup"}
# Reasons that the runtime or the kubelet wrote for another end than a stop (causes.md 5.1).
_OTHER_ENDS = frozenset(
    {"OOMKilled", "StartError", "ContainerStatusUnknown", "Unknown", "RestartingAllContainers"}
)


class AskedStop(msgspec.Struct, frozen=True):
    """A stop, its grace and its length.

    `asked` completes "after ..."; `seconds` is the stop time d, None where no time is known.
    """

    asked: str
    grace_seconds: int
    seconds: float | None
    life: Life
    origin: Origin | None

    @property
    def used_grace(self) -> bool:
        """Whether SIGKILL came at the limit of the grace, as far as the times tell."""
        if not self.life.killed:
            return False
        return self.seconds is None or abs(self.seconds - self.grace_seconds) <= SLACK_SECONDS


def asked_stop(case: Case) -> AskedStop | None:
    """The stop that ended the last life, or None where nothing tells of one."""
    life = case.life
    if life is None or life.reason in _OTHER_ENDS or case.pod.status.reason == "Evicted":
        return None
    stop = case.stop
    if stop is not None and stop.direct and stop.kind is not StopKind.RESTART_ALL:
        origin = case.events.origin(stop.event)
        return AskedStop(_asked(stop.kind), _grace(case, stop.kind), stop.seconds, life, origin)
    story = case.killing_story
    if story is not None:
        asked = f"its {story.name} probe failed"
        return AskedStop(asked, story.grace_seconds, None, life, life.origin)
    asked_at = deletion_asked(case.pod)
    if asked_at is None or life.finished is None or life.finished < asked_at - 1:
        return None
    grace = _grace(case, StopKind.STOPPED)
    seconds = max(0.0, life.finished - asked_at)
    return AskedStop("the pod was deleted", grace, seconds, life, case.status_origin("metadata"))


def drain_lines(case: Case) -> tuple[LogMatch, ...]:
    """What the program itself writes about its shutdown (the signatures of G04)."""
    return tuple(m for m in case.matches("G04") if not m.line.startswith(_SUPERVISOR))


def slow_stop_claim(cause: Cause, case: Case) -> tuple[Claim, AskedStop] | None:
    """A claim about a stop that ended with SIGKILL at the limit of the grace, or None."""
    if case.life is None or not case.life.killed:
        return None
    stop = asked_stop(case)
    if stop is None or not stop.used_grace:
        return None
    claim = Claim(cause).with_parameter("grace_seconds", float(stop.grace_seconds))
    if stop.seconds is None:
        text = f"after {stop.asked}, the life ended with 137 (SIGKILL)"
        return claim.suggested(text, Weight.WEAK, stop.origin), stop
    text = (
        f"after {stop.asked}, SIGKILL ended it {stop.seconds:.0f} s later; "
        f"the grace is {stop.grace_seconds} s"
    )
    return claim.inferred(text, Weight.MODERATE, stop.origin), stop


def _asked(kind: StopKind) -> str:
    if kind in _BY_PROBE:
        return f"its {_BY_PROBE[kind]} probe failed"
    return {
        StopKind.POST_START: "its postStart hook failed",
        StopKind.DEFINITION: "its definition changed",
        StopKind.RESIZE: "its resize asked for a restart",
    }.get(kind, "it was asked to stop")


def _grace(case: Case, kind: StopKind) -> int:
    """kubelet.md 2.2: the deletion's grace before the probe's before the pod's."""
    given = case.pod.metadata.deletion_grace_period_seconds
    if given is not None:
        return given
    probe = case.probe(_BY_PROBE[kind]) if kind in _BY_PROBE else None
    if probe is not None and probe.termination_grace_period_seconds is not None:
        return probe.termination_grace_period_seconds
    return case.pod.spec.grace_seconds
