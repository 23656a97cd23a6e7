"""Many ends within a minute with one cause: reported once, with its victims (causes.md 6.5).

Rules: nearness in time alone is no cause; containers that loop on their own end at any time. A
group needs members whose own evidence names the same cause, and what they share must be what that
cause works through: a node, a dependency, a workload, or the control plane. A member whose evidence
says otherwise is not part of it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from holdfast.diagnosis.evidence.bursts import Burst
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.context import Context
from holdfast.diagnosis.judge import STATES, subject_of, verdicts_of
from holdfast.diagnosis.rank import rank
from holdfast.model.finding import Group
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

# Fewer ends with the same cause are more likely neighbours by chance than victims of one event.
_FEWEST_MEMBERS = 3
# causes.md 6.5: many namespaces make it the control plane's.
_FEWEST_NAMESPACES = 2
_HOST = regex(r"\b((?:\d{1,3}\.){3}\d{1,3}|[a-z0-9-]+(?:\.[a-z0-9-]+)*):(\d{2,5})\b", re.IGNORECASE)

_Judged = tuple[Case, Verdict]


def find_groups(context: Context) -> tuple[Group, ...]:
    """The groups among all last ends, oldest first."""
    found: list[Group] = []
    for burst in context.bursts:
        for cause, members in _by_cause(context, burst).items():
            for shared, together in _sharing(cause, members):
                if len(together) >= max(_FEWEST_MEMBERS, len(burst.members) // 3):
                    found.append(_group(f"group-{len(found) + 1}", shared, together))
    return tuple(found)


def _by_cause(context: Context, burst: Burst) -> dict[str, list[_Judged]]:
    """The members by the cause that each one's own evidence puts first."""
    members: defaultdict[str, list[_Judged]] = defaultdict(list)
    for ending in burst.members:
        member = next(m for m in ending.pod.members() if m.name == ending.container)
        case = Case(context, ending.pod, member, context.events_of(ending.pod))
        ranking = rank(v for v in verdicts_of(case) if v.cause not in STATES)
        if ranking.decided:
            # A lost lease is how an unreachable API server looks from inside (causes.md 2.2).
            cause = ranking.verdicts[0].cause
            members["A29" if cause == "A16" else cause].append((case, ranking.verdicts[0]))
    return members


def _sharing(cause: str, members: list[_Judged]) -> Iterator[tuple[str, list[_Judged]]]:
    """The members that share what the cause works through, with a name for that."""
    through = _WORKS_THROUGH.get(cause)
    if through is None:
        return
    by_name: defaultdict[str, list[_Judged]] = defaultdict(list)
    for judged in members:
        by_name[through(judged)].append(judged)
    for name, together in sorted(by_name.items()):
        if name:
            yield name, together


def _node(judged: _Judged) -> str:
    name = judged[0].pod.spec.node_name
    return f"node {name}" if name else ""


def _dependency(judged: _Judged) -> str:
    for fact in judged[1].evidence_for:
        match = _HOST.search(fact.text)
        if match is not None:
            return f"dependency {match[0]}"
    return ""


def _workload(judged: _Judged) -> str:
    subject = subject_of(judged[0].context, judged[0].pod, None)
    return f"{subject.owner_kind} {subject.namespace}/{subject.owner}" if subject.owner else ""


def _control_plane(_judged: _Judged) -> str:
    return "the API server"


_WORKS_THROUGH: dict[str, Callable[[_Judged], str]] = {
    "E05": _node,
    "E11": _node,
    "E12": _node,
    "E14": _node,
    "D09": _node,
    "C12": _node,
    "A05": _dependency,
    "A08": _dependency,
    "C13": _dependency,
    "C06": _workload,
    "F01": _workload,
    "F02": _workload,
    "A29": _control_plane,
}


def _group(id_: str, shared: str, members: list[_Judged]) -> Group:
    best = max((verdict for _, verdict in members), key=lambda verdict: verdict.score)
    ends = [case.life.finished for case, _ in members if case.life and case.life.finished]
    namespaces = Counter(case.pod.key.namespace for case, _ in members)
    within = f" within {max(ends) - min(ends):.0f} s"
    across = f" in {len(namespaces)} namespaces" if len(namespaces) >= _FEWEST_NAMESPACES else ""
    return Group(
        id=id_,
        headline=f"{len(members)} containers{across} ended{within} through {shared}: {best.title}",
        verdict=best,
        started_at=min(ends),
        ended_at=max(ends),
        members=tuple(subject_of(case.context, case.pod, case.member) for case, _ in members),
    )
