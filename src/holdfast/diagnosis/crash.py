"""The start of every claim that rests on what the ended life wrote: group A, and parts of B and D.

Rules: a signature is evidence, not a verdict. It weighs less far from the end of the log, and a
Killing event of the kubelet contradicts it: then the process did not end by itself.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.log_lines import LogMatch
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.kubelet.windows import verdict_window
from holdfast.model.duration import Duration
from holdfast.model.evidence import Grounds, Weight

# A line this far from the end was followed by ordinary work, so it hardly ended the process. Stack
# traces and goroutine dumps of real crashes are longer than this only below their first line, and
# are recognised by it; the number is a judgement, not a measurement.
_FAR_FROM_END_LINES = 400

_LONG_SECONDS = 600

# What a process ends with that obeys SIGTERM: its own clean end, or the runtime's default.
_STOPPED_CODES = frozenset({0, 2, 130, 143})
_BY_PROBE = (StopKind.LIVENESS, StopKind.STARTUP)


def ended_by_itself(case: Case) -> bool:
    """Whether a life of this container is known to have ended, for whatever reason but a stop.

    A case without any status is a log that was pasted alone: it is taken as the log of an end. A
    status without an end (names of log files, `kubectl get pods`) is believed about its restarts.
    """
    if case.life is not None:
        return True
    if case.status is None:
        return bool(case.logs)
    return case.restarts > 0 and case.has_ended_log


def log_claim(cause: Cause, case: Case, exit_codes: tuple[int, ...] = ()) -> Claim | None:
    """A claim that rests on the cause's own signatures, or None when none of them matched.

    `exit_codes` are those the cause ends with; any other code but these speaks against it. Leave
    them empty when the cause says nothing about the code.
    """
    matches = case.matches(cause.id)
    if not matches or not ended_by_itself(case):
        return None
    claim = Claim(cause).quotes(*matches)
    _weigh_position(claim, matches)
    if exit_codes and case.exit_code is not None:
        _weigh_exit_code(claim, case, exit_codes)
    weigh_stop(claim, case)
    return claim


def weigh_stop(claim: Claim, case: Case) -> Claim:
    """Add what a stop by the kubelet says against "it ended by itself"."""
    stop = case.stop
    if stop is None:
        return _weigh_unseen_stop(claim, case)
    origin = case.events.origin(stop.event)
    if stop.direct:
        text = f'the kubelet stopped it: "{stop.event.message}"'
        return claim.against(text, Weight.CONCLUSIVE, origin)
    if stop.kind in _BY_PROBE and not case.stop_would_show:
        text = f'an earlier life was stopped by the kubelet: "{stop.event.message}"'
        return claim.against(text, Weight.MODERATE, origin)
    return claim


def in_words(seconds: float) -> str:
    """ "130 s", and "1h5m" for what nobody counts in seconds."""
    return f"{seconds:.0f} s" if seconds < _LONG_SECONDS else str(Duration(round(seconds)))


def uptime_text(case: Case) -> str:
    """ " about 3 s after its start", or "" where the uptime is not known."""
    uptime = case.uptime_seconds
    if uptime is None:
        return ""
    if uptime < 1:
        return " within a second of its start"
    return f" about {in_words(uptime)} after its start"


def _weigh_unseen_stop(claim: Claim, case: Case) -> Claim:
    """Where no event would tell, a clean end may as well be a kill by a probe or hook
    (causes.md 7)."""
    if case.stop_would_show or case.life is None or case.exit_code not in _STOPPED_CODES:
        return claim
    stopper = could_be_stopped_by(case)
    if not stopper:
        return claim
    text = f"its {stopper} may have ended it: no event was read that would tell"
    return claim.against(text, Weight.STRONG, case.spec_origin(stopper), Grounds.SUGGESTED)


def could_be_stopped_by(case: Case) -> str:
    """The field of a probe or hook that could have ended the last life, or ""."""
    if case.spec is None:
        return ""
    for field, probe in (
        ("startupProbe", case.spec.startup_probe),
        ("livenessProbe", case.spec.liveness_probe),
    ):
        uptime = case.uptime_seconds
        if probe is not None and (uptime is None or uptime >= verdict_window(probe, 0.0).low - 1):
            return field
    hook = case.spec.lifecycle.post_start if case.spec.lifecycle else None
    return "lifecycle.postStart" if hook is not None else ""


def _weigh_position(claim: Claim, matches: tuple[LogMatch, ...]) -> None:
    nearest = min(m.log.following + len(m.log.lines) - m.position for m in matches)
    if nearest > _FAR_FROM_END_LINES:
        claim.against(
            f"{nearest} lines follow it in the log of the ended life",
            Weight.MODERATE,
            matches[-1].origin,
            Grounds.READ,
        )


def _weigh_exit_code(claim: Claim, case: Case, exit_codes: tuple[int, ...]) -> None:
    if case.life is None:
        return
    if case.exit_code in exit_codes:
        text = f"it ended with exit code {case.exit_code}"
        claim.observed(text, Weight.WEAK, case.life.origin)
    else:
        expected = " or ".join(str(code) for code in exit_codes)
        text = f"it ended with exit code {case.exit_code}; this cause ends with {expected}"
        claim.against(text, Weight.MODERATE, case.life.origin)
