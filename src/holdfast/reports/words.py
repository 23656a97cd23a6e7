"""Numbers and names as people read them, the same in every format."""

from collections.abc import Iterable

from holdfast.model.duration import Duration
from holdfast.model.finding import Finding, State, Subject
from holdfast.model.instant import Instant, format_instant

_STATE_WORDS = {
    State.RESTARTS: "RESTARTS",
    State.CANNOT_START: "CANNOT START",
    State.EVICTED: "EVICTED",
    State.PENDING: "PENDING",
    State.FAILED: "FAILED ONCE",
    State.NOT_READY: "NOT READY",
    State.STOPPED: "STOPPED",
    State.HAZARD: "HAZARD",
    State.COMPLETED: "COMPLETED",
    State.HEALTHY: "HEALTHY",
    State.UNKNOWN: "UNKNOWN",
}


def percent(share: float) -> str:
    """A confidence for people: "70 %". Never 100, for nothing is; "" for one not worked out."""
    if share <= 0:
        return ""
    if share < 0.01:
        return "< 1 %"
    return "> 99 %" if share >= 0.995 else f"{share * 100:.0f} %"


def state_word(state: State) -> str:
    """The state as a short label."""
    return _STATE_WORDS[state]


def plural(count: int, one: str, many: str = "") -> str:
    """ "1 pod", "2 pods"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listing(names: Iterable[str], most: int) -> str:
    """ "a, b and 3 more"."""
    every = list(dict.fromkeys(names))
    if len(every) <= most:
        return ", ".join(every)
    return f"{', '.join(every[:most])} and {len(every) - most} more"


def workload(subject: Subject) -> str:
    """ "deployment/api" as kubectl calls it, or ""."""
    return f"{subject.owner_kind.lower()}/{subject.owner}" if subject.owner else ""


def belongs(subject: Subject) -> str:
    """What a pod belongs to and where it runs: "deployment/api on node n1", or ""."""
    node = f"on node {subject.node}" if subject.node else ""
    return " ".join(part for part in (workload(subject), node) if part)


def surety(finding: Finding) -> str:
    """One cell: the confidence in the answer, or that there is none."""
    if not finding.decided:
        return "cannot tell"
    return percent(finding.verdicts[0].confidence) if finding.verdicts else ""


def sentence(text: str) -> str:
    """The text with a capital letter at its start, unless it starts with a name in code."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


def clock(instant: Instant) -> str:
    """The time of day in UTC: "08:29:50"."""
    return format_instant(instant)[11:19]


def length(start: Instant, end: Instant) -> str:
    """The time between two moments: "11m5s"."""
    return str(Duration(end - start))
