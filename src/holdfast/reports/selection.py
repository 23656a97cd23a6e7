"""Chooses the findings that a report shows.

Rules: the order of the diagnosis, worst first, is kept. Nothing vanishes in silence: what is left
out is counted in `state_counts`, and `pods_examined` still tells how much was looked at.
"""

from collections import Counter

import msgspec

from holdfast.model.finding import QUIET, Diagnosis, Finding, State
from holdfast.reports.options import RenderOptions


def select(diagnosis: Diagnosis, options: RenderOptions) -> Diagnosis:
    """The diagnosis without quiet findings, unless they are wanted, and not more than the limit.

    A diagnosis that consists of one quiet pod keeps it: somebody asked for that pod.
    """
    kept = diagnosis.findings
    if not options.show_quiet and len(kept) > 1:
        kept = tuple(f for f in kept if f.state not in QUIET)
    if options.max_findings is not None:
        kept = kept[: max(0, options.max_findings)]
    counted = Counter(finding.state for finding in diagnosis.findings)
    counts = {state.value: counted[state] for state in State if counted[state]}
    return msgspec.structs.replace(diagnosis, findings=kept, state_counts=counts)


def needs_detail(finding: Finding) -> bool:
    """Whether a finding is told in full: whatever needs somebody, or has a hazard beside it."""
    return finding.state not in QUIET or bool(finding.beside)
