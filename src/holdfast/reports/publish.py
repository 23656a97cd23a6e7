"""Translates a diagnosis into the published document, field by field."""

from holdfast.model.edit import Patch
from holdfast.model.evidence import Evidence
from holdfast.model.finding import Diagnosis, Finding, Group, Subject
from holdfast.model.instant import Instant, format_instant
from holdfast.model.snapshot import Gap
from holdfast.model.timeline import Lane, Timeline
from holdfast.model.verdict import Prediction, Verdict
from holdfast.reports.document import (
    API_VERSION,
    About,
    Claimed,
    Cluster,
    ContainerLine,
    Document,
    Examined,
    Fact,
    Fix,
    Found,
    History,
    Missing,
    Moment,
    Place,
    Predicted,
    SetField,
    Stretch,
)
from holdfast.reports.publish_proof import publish_proof

# Confidences are measured to a few per cent (docs/calibration.md); more digits would pretend.
_DIGITS = 4


def publish(diagnosis: Diagnosis, version: str) -> Document:
    """The document of a diagnosis; `version` is that of holdfast."""
    return Document(
        api_version=API_VERSION,
        kind="Diagnosis",
        holdfast_version=version,
        examined=Examined(
            sources=diagnosis.sources,
            captured_at=_time(diagnosis.captured_at),
            kubelet_versions=diagnosis.kubernetes_versions,
            pods=diagnosis.pods_examined,
            containers=diagnosis.containers_examined,
            states=diagnosis.state_counts,
        ),
        groups=tuple(_group(group) for group in diagnosis.groups),
        findings=tuple(_finding(finding) for finding in diagnosis.findings),
        gaps=tuple(_missing(gap) for gap in diagnosis.gaps),
    )


def _finding(finding: Finding) -> Found:
    cause = finding.cause
    return Found(
        subject=_subject(finding.subject),
        state=finding.state.value,
        restarts=finding.restarts,
        headline=finding.headline,
        decided=finding.decided,
        cause=cause.cause if cause else None,
        confidence=round(cause.confidence, _DIGITS) if cause else None,
        verdicts=tuple(_verdict(verdict) for verdict in finding.verdicts),
        unread=tuple(_missing(gap) for gap in finding.unread),
        patch=_patch(finding.patch) if finding.patch else None,
        proof=publish_proof(finding.proof) if finding.proof else None,
        would_decide=finding.would_decide,
        beside=tuple(_verdict(verdict) for verdict in finding.beside),
        ended_at=_time(finding.ended_at),
        group=finding.group or None,
        timeline=_timeline(finding.timeline) if finding.timeline else None,
    )


def _group(group: Group) -> Cluster:
    return Cluster(
        id=group.id,
        headline=group.headline,
        started_at=format_instant(group.started_at),
        ended_at=format_instant(group.ended_at),
        verdict=_verdict(group.verdict) if group.verdict else None,
        members=tuple(_subject(member) for member in group.members),
    )


def _subject(subject: Subject) -> About:
    return About(**{name: getattr(subject, name) for name in subject.__struct_fields__})


def _verdict(verdict: Verdict) -> Claimed:
    prediction = verdict.prediction
    return Claimed(
        cause=verdict.cause,
        title=verdict.title,
        summary=verdict.summary,
        role=verdict.role.value,
        confidence=round(verdict.confidence, _DIGITS),
        score_decibans=verdict.score,
        evidence_for=tuple(_fact(fact) for fact in verdict.evidence_for),
        evidence_against=tuple(_fact(fact) for fact in verdict.evidence_against),
        would_decide=verdict.would_decide,
        lookalikes=verdict.lookalikes,
        leads_to=verdict.leads_to,
        prediction=_prediction(prediction) if prediction else None,
        parameters=dict(sorted(verdict.parameters.items())),
    )


def _prediction(prediction: Prediction) -> Predicted:
    earliest, latest = prediction.uptime_from, prediction.uptime_to
    return Predicted(
        uptime_from_seconds=earliest.seconds if earliest else None,
        uptime_to_seconds=latest.seconds if latest else None,
        exit_codes=prediction.exit_codes,
        because=prediction.because,
    )


def _fact(fact: Evidence) -> Fact:
    origin = fact.origin
    place = (
        Place(origin.source, origin.object, origin.field, origin.line or None) if origin else None
    )
    return Fact(fact.text, fact.grounds.value, int(fact.weight), place)


def _missing(gap: Gap) -> Missing:
    namespace, pod = gap.pod if gap.pod is not None else (None, None)
    return Missing(gap.kind.value, gap.what, gap.where, gap.cost, namespace, pod)


def _patch(patch: Patch) -> Fix:
    return Fix(
        cause=patch.cause,
        safety=patch.safety.value,
        explanation=patch.explanation,
        namespace=patch.namespace,
        target=patch.target,
        changes=tuple(SetField(change.path, change.value) for change in patch.changes),
        command=patch.command,
        diff=patch.diff,
        caveats=patch.caveats,
    )


def _timeline(timeline: Timeline) -> History:
    return History(
        format_instant(timeline.start),
        format_instant(timeline.end),
        tuple(_lane(lane) for lane in timeline.lanes),
    )


def _lane(lane: Lane) -> ContainerLine:
    return ContainerLine(
        lane.name,
        tuple(
            Stretch(format_instant(s.start), format_instant(s.end), s.kind.value, s.label)
            for s in lane.segments
        ),
        tuple(
            Moment(format_instant(mark.at), mark.label, mark.severe, mark.times)
            for mark in lane.marks
        ),
    )


def _time(instant: Instant | None) -> str | None:
    return format_instant(instant) if instant is not None else None
