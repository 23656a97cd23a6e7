"""The whole way from a snapshot to a diagnosis.

Rules (causes.md 2.2, 4.3): every container that ended gets an answer or a named unknown, whatever
its present state. Healthy pods cost next to nothing: causes judge only where something happened.
The result depends on the snapshot alone.
"""

from collections.abc import Callable, Iterable

import msgspec

from holdfast.diagnosis.catalogue import signatures
from holdfast.diagnosis.draw_timeline import timeline_of
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.context import Context
from holdfast.diagnosis.group import find_groups
from holdfast.diagnosis.judge import STATES, subject_of, verdicts_of
from holdfast.diagnosis.rank import Ranking, rank
from holdfast.diagnosis.state import container_state, pod_state
from holdfast.diagnosis.unread import unread_about, unread_nodes
from holdfast.model.evidence import Grounds
from holdfast.model.finding import (
    QUIET,
    TROUBLED,
    Diagnosis,
    Finding,
    Group,
    State,
    Subject,
)
from holdfast.model.node import parse_version
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Gap, Snapshot
from holdfast.model.verdict import Role, Verdict


def diagnose(
    snapshot: Snapshot,
    wanted: Callable[[Pod], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Diagnosis:
    """Judge every wanted pod (all, unless told); the others still serve as neighbours.

    `progress` is called with the number of pods done and their total.
    """
    context = Context(snapshot, signatures())
    pods = [pod for pod in snapshot.pods if wanted is None or wanted(pod)]
    groups = find_groups(context)
    findings: list[Finding] = []
    for done, pod in enumerate(pods):
        findings.extend(_judge_pod(context, pod, groups))
        if progress is not None:
            progress(done + 1, len(pods))
    if not snapshot.pods and snapshot.logs:
        findings.append(_judge_log(context))
    versions = {node.status.node_info.kubelet_version for node in snapshot.nodes}
    return Diagnosis(
        findings=tuple(sorted(findings, key=_worst_first)),
        groups=groups,
        gaps=(*snapshot.gaps, *unread_nodes(snapshot)),
        sources=snapshot.sources,
        pods_examined=len(pods),
        containers_examined=sum(1 for pod in pods for _ in pod.members()),
        kubernetes_versions=tuple(sorted(v for v in versions if parse_version(v))),
        captured_at=snapshot.captured_at,
    )


def _judge_pod(context: Context, pod: Pod, groups: tuple[Group, ...]) -> list[Finding]:
    events = context.events_of(pod)
    if _is_quiet(pod) and not events and not context.logs_of(pod):
        return [_quiet_finding(context, pod)]
    cases = [Case(context, pod, member, events) for member in pod.members()]
    whole = Case(context, pod, None, events)
    settled = pod_state(pod)
    if settled is not None:
        return [_pod_finding(whole, cases, settled)]
    troubled = [
        _container_finding(case, state, cases, groups)
        for case in cases
        if (state := container_state(case)) in TROUBLED
    ]
    return troubled or [_pod_finding(whole, cases, _calm_state(cases))]


def _calm_state(cases: list[Case]) -> State:
    """The state of a pod none of whose containers is in trouble: the worst of theirs."""
    order = (State.FAILED, State.NOT_READY, State.PENDING, State.UNKNOWN, State.STOPPED)
    states = {container_state(case) for case in cases}
    for state in order:
        if state in states:
            return state
    return State.HEALTHY if State.HEALTHY in states else State.COMPLETED


def _container_finding(
    case: Case, state: State, cases: list[Case], groups: tuple[Group, ...]
) -> Finding:
    ranking = rank(v for v in verdicts_of(case) if v.cause not in STATES)
    subject = subject_of(case.context, case.pod, case.member)
    group = next((g for g in groups if subject in g.members), None)
    if group is not None and group.verdict is not None and _inherits(ranking, group.verdict):
        # The group's verdict speaks of its strongest member, its headline of all of them.
        shared = msgspec.structs.replace(group.verdict, summary=group.headline)
        ranking = Ranking((shared, *ranking.verdicts), ranking.beside, decided=True)
    unread = unread_about(case)
    return Finding(
        subject=subject,
        state=state,
        headline=headline_of(subject, state, ranking),
        restarts=case.restarts,
        decided=ranking.decided,
        verdicts=ranking.verdicts,
        beside=ranking.beside,
        would_decide=() if ranking.decided else would_decide(ranking, unread),
        unread=unread,
        ended_at=case.life.finished if case.life else None,
        group=group.id if group else "",
        timeline=timeline_of(cases, case.context.now),
    )


def _pod_finding(whole: Case, cases: list[Case], state: State) -> Finding:
    """One finding for a pod without restart trouble: named as what it is."""
    every = [v for case in (whole, *cases) for v in verdicts_of(case)]
    ranking = rank(_about_state(every, state))
    state = _refined(state, ranking)
    if state is State.HAZARD:
        # "Nothing is wrong" beside a hazard would be read first.
        ranking = Ranking((), ranking.beside, decided=True)
    return Finding(
        subject=subject_of(whole.context, whole.pod, None),
        state=state,
        headline=_calm_headline(state, ranking, cases),
        restarts=max((case.restarts for case in cases), default=0),
        decided=ranking.decided,
        verdicts=ranking.verdicts,
        beside=ranking.beside,
        unread=whole.context.gaps_of(whole.pod),
        timeline=None if state in QUIET else timeline_of(cases, whole.context.now),
    )


def _about_state(verdicts: list[Verdict], state: State) -> Iterable[Verdict]:
    """The verdicts that may be told of a pod without restart trouble.

    A restart cause must never be reported for it (causes.md 2.4): of a pod that has not restarted,
    only the catalogue's states, what keeps it from starting (B), what ended it as a whole (E, F)
    and what stands beside a cause remain.
    """
    groups = {
        State.EVICTED: "E",
        State.PENDING: "BS",
        State.FAILED: "BEFS",
        State.UNKNOWN: "BS",
        State.NOT_READY: "S",
        State.STOPPED: "EF",
        State.HEALTHY: "S",
        State.COMPLETED: "S",
    }.get(state, "S")
    calm = state in (State.HEALTHY, State.COMPLETED)
    for verdict in verdicts:
        known = verdict.cause[0] in groups if verdict.cause != "NONE" else calm
        # What the log of a pod that failed for good says is its answer, though nothing restarts.
        known |= state is State.FAILED and verdict.grounds is Grounds.READ
        if verdict.role is not Role.CAUSE or known:
            yield verdict


def _refined(state: State, ranking: Ranking) -> State:
    """Healthy by its status, but events or logs tell of a hazard or of a time not ready."""
    if state is not State.HEALTHY:
        return state
    first = ranking.verdicts[0].cause if ranking.decided else ""
    if first == "S02":
        return State.NOT_READY
    return State.HAZARD if any(v.role is Role.HAZARD for v in ranking.beside) else state


_LOG = Subject(namespace="", pod="(log)")


def _judge_log(context: Context) -> Finding:
    """A log that was pasted alone: what it says, without any pod."""
    case = Case(context, Pod(), None, context.events_of(Pod()))
    ranking = rank(v for v in verdicts_of(case) if v.cause not in STATES)
    return Finding(
        subject=_LOG,
        state=State.UNKNOWN,
        headline=headline_of(_LOG, State.UNKNOWN, ranking),
        decided=ranking.decided,
        verdicts=ranking.verdicts,
        beside=ranking.beside,
        would_decide=("the pod: kubectl describe pod NAME",),
    )


def _quiet_finding(context: Context, pod: Pod) -> Finding:
    completed = pod.status.phase == "Succeeded"
    state = State.COMPLETED if completed else State.HEALTHY
    return Finding(subject_of(context, pod, None), state, state.value, decided=True)


def _is_quiet(pod: Pod) -> bool:
    """Nothing ever ended, everything is ready: what nearly all pods of a cluster are."""
    status = pod.status
    if status.phase == "Succeeded":
        return not any(s.restart_count for s in status.container_statuses or ())
    if status.phase != "Running" or pod.metadata.deletion_timestamp:
        return False
    return all(
        s.ready and not s.restart_count and s.last_state.terminated is None
        for s in status.container_statuses or ()
    ) and not any(s.restart_count for s in status.init_container_statuses or ())


def _inherits(ranking: Ranking, group: Verdict) -> bool:
    """Whether a member takes its group's verdict: not if its own says the same or is stronger."""
    if not ranking.verdicts:
        return True
    own = ranking.verdicts[0]
    return own.cause != group.cause and own.score <= group.score


def would_decide(ranking: Ranking, unread: tuple[Gap, ...]) -> tuple[str, ...]:
    """What the candidates ask for; without candidates, what could not be read."""
    wanted = [fact for verdict in ranking.verdicts[:3] for fact in verdict.would_decide]
    missing = [f"{gap.what}: {gap.cost}" for gap in unread]
    return tuple(dict.fromkeys(wanted or missing))


def headline_of(subject: Subject, state: State, ranking: Ranking) -> str:
    """The answer in one sentence, or that it cannot be told, and between which causes."""
    if ranking.decided:
        return ranking.verdicts[0].summary
    named = f"{subject.container_kind} {subject.container}".strip()
    who = named if subject.container else "the log"
    if not ranking.verdicts:
        return f"cannot tell why {who} {_trouble(state)}: nothing that was read explains it"
    candidates = " or ".join(f"{v.title} ({v.cause})" for v in ranking.verdicts[:3])
    return f"cannot tell why {who} {_trouble(state)}: perhaps {candidates}"


def _trouble(state: State) -> str:
    return "cannot start" if state is State.CANNOT_START else "ended"


def _calm_headline(state: State, ranking: Ranking, cases: list[Case]) -> str:
    if state is State.HAZARD:
        return ranking.beside[0].summary
    if ranking.decided:
        return ranking.verdicts[0].summary
    if state is State.FAILED:
        failed = next((c for c in cases if c.life is not None and c.life.exit_code), None)
        if failed is not None:
            return (
                f"{failed.kind} {failed.name} ended with exit code {failed.exit_code}, and "
                f"restartPolicy {failed.pod.spec.policy} leaves it ended"
            )
    return ranking.beside[0].summary if ranking.beside else state.value


def _worst_first(finding: Finding) -> tuple[int, int, float, int, str]:
    order = list(State)
    down = 0 if finding.state in TROUBLED else 1
    recent = -(finding.ended_at or 0.0)
    return (down, order.index(finding.state), recent, -finding.restarts, finding.subject.name)


def with_findings(diagnosis: Diagnosis, findings: Iterable[Finding]) -> Diagnosis:
    """The same diagnosis with other findings, such as those that carry patches."""
    return msgspec.structs.replace(diagnosis, findings=tuple(findings))
