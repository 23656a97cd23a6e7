"""What could not be read about one container, and what that costs the diagnosis.

Rules: an absent list of events, an expired one and a missing previous log are three different
things (causes.md 2.2 rule 14); none of them means that nothing happened.
"""

from collections.abc import Iterator

from holdfast.diagnosis.evidence.case import Case
from holdfast.kubelet.constants import EVENT_TTL_SECONDS
from holdfast.model.snapshot import Gap, GapKind, Snapshot

_NODE_COST = (
    "the kubelet's version and the node's pressure are not known, so windows are wider and node "
    "faults cannot be excluded"
)
_NEVER_RAN = frozenset({"StartError", "ContainerCannotRun"})


def unread_about(case: Case) -> tuple[Gap, ...]:
    """Gaps that the readers met, and those that the evidence shows."""
    return (*case.context.gaps_of(case.pod), *_events_gap(case), *_log_gap(case), *_node_gap(case))


def _events_gap(case: Case) -> Iterator[Gap]:
    namespace, name = case.pod.key
    if case.events:
        return
    if not case.context.snapshot.events_read:
        yield Gap(
            GapKind.ABSENT,
            "events",
            f"no events of pod/{namespace}/{name} in the input",
            "a kill by a probe can only be inferred from times; get them with: "
            f"kubectl get events -n {namespace} -o json",
            case.pod.key,
        )
    elif case.life is not None:
        hours = EVENT_TTL_SECONDS // 3600
        yield Gap(
            GapKind.EXPIRED,
            "events",
            f"no event of pod/{namespace}/{name} among those read",
            f"the API server keeps events for {hours} hour by default: what happened before is "
            "known from the status and logs only",
            case.pod.key,
        )


def _log_gap(case: Case) -> Iterator[Gap]:
    if case.life is None or case.life.reason in _NEVER_RAN or case.has_ended_log:
        return
    namespace, name = case.pod.key
    yield Gap(
        GapKind.ABSENT,
        f"log of the ended life of {case.name}",
        "not in the input",
        "the application's own words are missing; get them with: "
        f"kubectl logs --previous -n {namespace} {name} -c {case.name}",
        case.pod.key,
    )


def unread_nodes(snapshot: Snapshot) -> tuple[Gap, ...]:
    """The gap of an input without any node: told once, not for each pod."""
    told = any(gap.what.startswith("nodes") for gap in snapshot.gaps)
    if told or snapshot.nodes or not any(pod.spec.node_name for pod in snapshot.pods):
        return ()
    cost = f"{_NODE_COST}; get them with: kubectl get nodes -o json"
    return (Gap(GapKind.ABSENT, "nodes", "not in the input", cost),)


def _node_gap(case: Case) -> Iterator[Gap]:
    node = case.pod.spec.node_name
    if node and case.node is None and case.context.snapshot.nodes:
        yield Gap(GapKind.ABSENT, f"node {node}", "not in the input", _NODE_COST, case.pod.key)
