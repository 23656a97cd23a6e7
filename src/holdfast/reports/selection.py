"""Chooses the findings that a report shows.

Rules: the order of the diagnosis, worst first, is kept. Nothing vanishes in silence: what is left
out is counted, and `pods_examined` still tells how much was looked at.
"""

import msgspec

from holdfast.model.finding import QUIET, TROUBLED, Diagnosis, Finding
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
    return msgspec.structs.replace(diagnosis, findings=kept)


def needs_detail(finding: Finding) -> bool:
    """Whether a finding is told in full: troubles, and whatever has a cause or a hazard to tell."""
    return finding.state in TROUBLED or bool(finding.verdicts or finding.beside)


def pods_of(findings: tuple[Finding, ...]) -> int:
    """How many different pods the findings are about."""
    return len({(f.subject.namespace, f.subject.pod, f.subject.uid) for f in findings})
