"""The head of a report: what was read, and what was found in it.

Rules: a diagnosis without findings never says "healthy"; it says how much was examined.
"""

from holdfast.model.finding import QUIET, Diagnosis, State
from holdfast.model.instant import format_instant
from holdfast.reports.words import listing, plural

_FOUND = {
    State.RESTARTS: ("restarts", "restart"),
    State.CANNOT_START: ("cannot start", "cannot start"),
    State.EVICTED: ("was evicted", "were evicted"),
    State.PENDING: ("is pending", "are pending"),
    State.FAILED: ("failed once", "failed once"),
    State.NOT_READY: ("was not ready", "were not ready"),
    State.HAZARD: ("has a hazard", "have a hazard"),
    State.UNKNOWN: ("is unknown", "are unknown"),
}
# Containers restart and cannot start; the other states are those of pods. A log alone is neither.
_CONTAINERS = frozenset({State.RESTARTS, State.CANNOT_START})
_MOST_SOURCES = 3


def read_line(diagnosis: Diagnosis) -> str:
    """What was examined, from where, when, and of which kubelets."""
    said = (
        f"{plural(diagnosis.pods_examined, 'pod')}, "
        f"{plural(diagnosis.containers_examined, 'container')}"
    )
    if diagnosis.sources:
        said += f" read from {listing(diagnosis.sources, _MOST_SOURCES)}"
    if diagnosis.captured_at is not None:
        said += f", captured {format_instant(diagnosis.captured_at)}"
    versions = listing(diagnosis.kubernetes_versions, _MOST_SOURCES)
    return said + f", kubelet {versions}" if versions else said + ", kubelet version unknown"


def found_line(diagnosis: Diagnosis) -> str:
    """How many are in which trouble: "2 containers restart, 1 pod is pending; 3 need nobody"."""
    counts = diagnosis.state_counts
    troubles = []
    told = ""
    for state, words in _FOUND.items():
        count = counts.get(state.value)
        if count:
            noun = "" if state is State.UNKNOWN else "container" if state in _CONTAINERS else "pod"
            who = plural(count, noun) if noun not in ("", told) else str(count)
            troubles.append(f"{who} {words[count != 1]}")
            told = noun
    quiet = sum(counts.get(state.value, 0) for state in QUIET)
    said = ", ".join(troubles) if troubles else "no trouble found in what was examined"
    if quiet:
        said += f"; {quiet} {'needs' if quiet == 1 else 'need'} nobody"
    return said


def left_out(diagnosis: Diagnosis) -> int:
    """How many findings that need somebody are not shown."""
    shown = sum(finding.state not in QUIET for finding in diagnosis.findings)
    quiet = sum(diagnosis.state_counts.get(state.value, 0) for state in QUIET)
    return max(0, sum(diagnosis.state_counts.values()) - quiet - shown)
