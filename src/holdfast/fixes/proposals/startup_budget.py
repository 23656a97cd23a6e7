"""More time to start: a startupProbe, or a larger budget of the one that is there (C03, C08).

Rules: the startup probe comes before a larger initialDelaySeconds (causes.md 11), because it ends
at the first good answer, while a delay makes every start wait and leaves slow ones unguarded. The
period stays short and failureThreshold carries the budget (tuning.md 9.2).
"""

import math

from holdfast.fixes.facts import Facts, handler_of
from holdfast.fixes.proposal import Proposal
from holdfast.model.container import Probe
from holdfast.model.edit import Json, Safety

CAUSES = ("C03", "C08")

# A start that was cut off tells only that it needs longer: three times leaves room for a start that
# was two thirds short. A start that was measured needs room for a busy node only.
_CUT_OFF_FACTOR = 3.0
_MEASURED_FACTOR = 1.5
# tuning.md 9.2 advises 1-2 s; 5 s keeps the cost of the probe below that of the default period.
_PERIOD_SECONDS = 5
_PERHAPS_HANGS = (
    "it accepts connections from the start on and answers none: if it hangs instead of being slow, "
    "this only puts the kill off"
)


def propose(facts: Facts) -> Proposal | None:
    """A budget of whole periods that covers the start with a stated margin."""
    startup, liveness = facts.probe("startup"), facts.probe("liveness")
    needed, why = _needed_seconds(facts, startup or liveness)
    if startup is not None:
        return _enlarge(facts, startup, needed, why)
    if liveness is None or not liveness.handler:
        return None
    period = min(liveness.period, _PERIOD_SECONDS)
    failures = _failures(needed, period)
    probe: dict[str, Json] = {
        **handler_of(liveness),
        "periodSeconds": period,
        "failureThreshold": failures,
    }
    if liveness.timeout_seconds is not None:
        probe["timeoutSeconds"] = liveness.timeout_seconds
    explanation = (
        f"a startupProbe with the request of the liveness probe gives the start {needed:.0f} s "
        f"({why}): failureThreshold = 1 + {needed:.0f}/{period} rounded up = {failures}. Liveness "
        "begins after its first success and stays as strict as it is"
    )
    change = facts.set("startupProbe", probe)
    if facts.verdict.parameters.get("listens_already"):
        return Proposal(Safety.REVIEW, explanation, (change,), (_PERHAPS_HANGS,))
    return Proposal(Safety.SAFE, explanation, (change,))


def _enlarge(facts: Facts, startup: Probe, needed: float, why: str) -> Proposal | None:
    failures = _failures(needed - startup.initial_delay, startup.period)
    if failures <= startup.failures:
        return None
    explanation = (
        f"failureThreshold of the startupProbe from {startup.failures} to {failures}: the start "
        f"gets {needed:.0f} s ({why}), and 1 + {needed - startup.initial_delay:.0f}/"
        f"{startup.period} rounded up is {failures}. A faster start is still noticed at once"
    )
    change = facts.set_probe("startup", "failureThreshold", failures)
    return Proposal(Safety.SAFE, explanation, (change,))


def _failures(seconds: float, period: int) -> int:
    """tuning.md 9.2: Fs = 1 + ceil(q / Ts), never killed before q."""
    return 1 + math.ceil(max(seconds, period) / period)


def _needed_seconds(facts: Facts, probe: Probe | None) -> tuple[float, str]:
    """How long a start may take, and how the number came about."""
    measured = facts.number("needed_seconds")
    if measured is not None:
        needed = math.ceil(measured * _MEASURED_FACTOR)
        return needed, f"a start was measured with {measured:.0f} s, half as much again as margin"
    lived = facts.number("killed_after_seconds")
    allowed = _allowed_seconds(probe)
    seen, what = (lived, "was killed after") if lived else (allowed, "is allowed at most")
    needed = math.ceil(max(seen, allowed) * _CUT_OFF_FACTOR)
    if lived and allowed > lived:
        what, seen = "is allowed at most", allowed
    return needed, f"a start {what} {seen:.0f} s and needs more; three times that is assumed"


def _allowed_seconds(probe: Probe | None) -> float:
    """The most that the probe allows now (kubelet.md 1.9)."""
    return probe.initial_delay + probe.failures * probe.period if probe is not None else 0
