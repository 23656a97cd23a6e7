"""Asks every cause about one case, and names who the case is about."""

from holdfast.diagnosis.catalogue import catalogue
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.context import Context
from holdfast.model.finding import Subject
from holdfast.model.pod import Member, Pod
from holdfast.model.verdict import Verdict

# Not causes of restarts: states that the catalogue names so that they are recognised.
STATES = frozenset({"S01", "S02", "S03", "S04", "NONE"})


def verdicts_of(case: Case) -> list[Verdict]:
    """What every cause that speaks up says, in order of ids."""
    return [v for entry in catalogue() if (v := entry.judge(case)) is not None]


def subject_of(context: Context, pod: Pod, member: Member | None) -> Subject:
    """The container, or the whole pod for None, with its topmost owner."""
    chain = context.owner_chain(pod)
    kind, name = chain[-1] if chain else ("", "")
    return Subject(
        namespace=pod.key.namespace,
        pod=pod.key.name,
        container=member.name if member else "",
        container_kind=member.kind.value if member else "",
        uid=pod.metadata.uid,
        owner_kind=kind,
        owner=name,
        node=pod.spec.node_name,
    )
