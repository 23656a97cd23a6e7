"""Puts the findings of a diagnosis into the order in which people read them.

Rules: one cause with n victims is told once. A finding that only repeats its group, or a replica
that only repeats its sibling, is listed by name under the one that is told in full; one that
differs in cause or brings a patch of its own is told itself. Nothing is dropped.
"""

from typing import NamedTuple

from holdfast.model.finding import Diagnosis, Finding, Group
from holdfast.reports.selection import needs_detail


class Told(NamedTuple):
    """A finding told in full, and its siblings that say the same."""

    finding: Finding
    alike: tuple[Finding, ...] = ()


class ToldGroup(NamedTuple):
    """A group, and the findings that have nothing to add to it."""

    group: Group
    alike: tuple[Finding, ...] = ()


class Arrangement(NamedTuple):
    """Groups first, then findings worst first, then what needs nobody."""

    groups: tuple[ToldGroup, ...]
    told: tuple[Told, ...]
    quiet: tuple[Finding, ...]


def arrange(diagnosis: Diagnosis) -> Arrangement:
    """The findings of a diagnosis in reading order; each of them occurs exactly once."""
    groups = {group.id: group for group in diagnosis.groups}
    of_group: dict[str, list[Finding]] = {identity: [] for identity in groups}
    cohorts: dict[object, list[Finding]] = {}
    quiet = []
    for finding in diagnosis.findings:
        if not needs_detail(finding):
            quiet.append(finding)
        elif _repeats(finding, groups.get(finding.group)):
            of_group[finding.group].append(finding)
        else:
            cohorts.setdefault(_cohort_key(finding), []).append(finding)
    return Arrangement(
        tuple(ToldGroup(group, tuple(of_group[group.id])) for group in diagnosis.groups),
        tuple(Told(first, tuple(rest)) for first, *rest in cohorts.values()),
        tuple(quiet),
    )


def _repeats(finding: Finding, group: Group | None) -> bool:
    if group is None or group.verdict is None or finding.patch is not None:
        return False
    return finding.cause is not None and finding.cause.cause == group.verdict.cause


def _cohort_key(finding: Finding) -> object:
    """Replicas of one workload with the same cause in the same container; anything else alone."""
    subject = finding.subject
    if not subject.owner or finding.cause is None:
        return id(finding)
    return (
        subject.namespace,
        subject.owner_kind,
        subject.owner,
        subject.container,
        finding.state,
        finding.cause.cause,
    )
