"""A live cluster, read with GET requests only: pods, events, nodes, owners and previous logs.

Rules: what may not be read becomes a gap with its cost; pods that may not be read are an error,
because nothing could be said. Lists come in pages, and begin anew when a page's token has expired.
Logs are fetched for containers that ended, up to a bound that the report names: one of each
workload first, so that many replicas of one do not hide all others, newest ends before older ones.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import NamedTuple

import msgspec

from holdfast.model.instant import Instant, parse_instant
from holdfast.model.pod import Member, Pod, PodKey
from holdfast.model.snapshot import Gap, GapKind, Log, LogLife, Snapshot
from holdfast.sources.choose_transport import choose_transport
from holdfast.sources.collector import Collector
from holdfast.sources.encoding import as_text
from holdfast.sources.log_lines import TAIL_LINES, bounded
from holdfast.sources.objects import TypeMeta, take_items, take_json
from holdfast.sources.transport import (
    ClusterError,
    RefusedError,
    Transport,
)

# What kubectl itself uses (--chunk-size).
_PAGE_SIZE = 500
# Each log is a request of its own, which a kubelet answers from its disk.
_MOST_LOGS = 60
_PARALLEL = 8
_LOG_LIMIT_BYTES = 4 * 1024 * 1024
_OWNER_PATHS = {
    "ReplicaSet": "/apis/apps/v1/namespaces/{}/replicasets/{}",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments/{}",
    "StatefulSet": "/apis/apps/v1/namespaces/{}/statefulsets/{}",
    "DaemonSet": "/apis/apps/v1/namespaces/{}/daemonsets/{}",
    "Job": "/apis/batch/v1/namespaces/{}/jobs/{}",
    "CronJob": "/apis/batch/v1/namespaces/{}/cronjobs/{}",
    "ReplicationController": "/api/v1/namespaces/{}/replicationcontrollers/{}",
}
_MOST_OWNERS = 200
_LONGEST_CHAIN = 3


class ClusterRequest(NamedTuple):
    """What to read. `flags` are kubectl's connection flags; `targets` are (kind, name) pairs."""

    flags: tuple[str, ...] = ()
    namespace: str | None = None
    all_namespaces: bool = False
    selector: str = ""
    targets: Sequence[tuple[str, str]] = ()


class _Meta(msgspec.Struct, frozen=True, rename={"continue_": "continue"}):
    continue_: str = ""


class _Page(msgspec.Struct, frozen=True):
    metadata: _Meta = _Meta()


def read_cluster(request: ClusterRequest, transport: Transport | None = None) -> Snapshot:
    """The snapshot of one namespace, or of all; a given transport stays open.

    Raises ClusterError when the cluster cannot be reached or its pods may not be listed.
    """
    if transport is not None:
        return _read_through(transport, request)
    with closing(choose_transport(request.flags)) as chosen:
        return _read_through(chosen, request)


def _read_through(ask: Transport, request: ClusterRequest) -> Snapshot:
    namespace = None if request.all_namespaces else request.namespace or ask.namespace()
    into = Collector()
    into.add_source(f"the cluster, namespace {namespace}" if namespace else "the cluster")
    _read_pods(ask, request, namespace, into)
    _read_events(ask, namespace, into)
    _read_nodes(ask, into)
    with ThreadPoolExecutor(_PARALLEL) as pool:
        _read_owners(ask, pool, into)
        _read_logs(ask, pool, request, into)
    into.note_time(Instant(time.time()))
    return into.snapshot()


def _read_pods(
    ask: Transport, request: ClusterRequest, namespace: str | None, into: Collector
) -> None:
    query = {"labelSelector": request.selector} if request.selector else {}
    try:
        _read_list(ask, _path("pods", namespace), query, "Pod", into)
        return
    except RefusedError as error:
        refused = error
    # Who may not list may still be allowed to get a pod by name.
    named = [name for kind, name in request.targets if kind == "Pod"]
    read = 0
    for name in named if namespace else ():
        try:
            body = ask.get(f"{_path('pods', namespace)}/{name}", {})
        except RefusedError as error:
            refused = error
            continue
        take_json(body, ask.name, into, "Pod")
        read += 1
    if not read:
        scope = f"namespace {namespace}" if namespace else "all namespaces"
        flag = f"-n {namespace}" if namespace else "-A"
        raise ClusterError(
            "listing pods",
            scope,
            f"{_first_line(refused.message)}; expected permission to list pods",
            f"ask for the role, or check it: kubectl auth can-i list pods {flag}",
        )
    cost = "neighbours on the node and other replicas are not known"
    into.add_gap(Gap(GapKind.FORBIDDEN, "other pods", ask.name, cost))


def _read_events(ask: Transport, namespace: str | None, into: Collector) -> None:
    try:
        _read_list(ask, _path("events", namespace), {}, "Event", into)
    except RefusedError as error:
        what = f"events ({_first_line(error.message)})"
        cost = "kills by probes can only be inferred from times"
        into.add_gap(Gap(_kind(error), what, ask.name, cost))


def _read_nodes(ask: Transport, into: Collector) -> None:
    try:
        _read_list(ask, "/api/v1/nodes", {}, "Node", into)
    except RefusedError as error:
        what = f"nodes ({_first_line(error.message)})"
        cost = "the kubelet's version and pressure of nodes are not known; windows are wider"
        into.add_gap(Gap(_kind(error), what, ask.name, cost))


def _read_list(
    ask: Transport, path: str, query: dict[str, str], kind: str, into: Collector
) -> None:
    """All pages. An expired token begins anew in one piece, as client-go's pager does."""
    page_query = {**query, "limit": str(_PAGE_SIZE)}
    while True:
        try:
            body = ask.get(path, page_query)
        except RefusedError as error:
            if not error.gone or "limit" not in page_query:
                raise
            page_query = dict(query)
            continue
        meta = msgspec.json.decode(body, type=TypeMeta)
        take_items(meta.items or [], kind, ask.name, into)
        token = msgspec.json.decode(body, type=_Page).metadata.continue_
        if not token:
            return
        page_query = {**query, "limit": str(_PAGE_SIZE), "continue": token}


def _read_owners(ask: Transport, pool: ThreadPoolExecutor, into: Collector) -> None:
    """The owners of pods that had trouble, level by level up to the top."""
    wanted = dict.fromkeys(
        (pod.key.namespace, owner.kind, owner.name)
        for pod in into.pods
        if _troubled(pod) and (owner := pod.metadata.controller) is not None
    )
    for _ in range(_LONGEST_CHAIN):
        asked = [key for key in wanted if key[1] in _OWNER_PATHS][:_MOST_OWNERS]
        if not asked:
            return
        before = len(into.workloads)
        for body in pool.map(lambda key: _owner(ask, *key), asked):
            if body is not None:
                take_json(body, ask.name, into)
        found = into.workloads[before:]
        wanted = dict.fromkeys(
            (w.metadata.namespace or "default", owner.kind, owner.name)
            for w in found
            if (owner := w.metadata.controller) is not None
        )


def _owner(ask: Transport, namespace: str, kind: str, name: str) -> bytes | None:
    try:
        return ask.get(_OWNER_PATHS[kind].format(namespace, name), {})
    except RefusedError:
        # The pod names its owner; only the template is missing then, and fixes say so.
        return None


def _troubled(pod: Pod) -> bool:
    return pod.status.phase not in ("Succeeded", "Running") or any(
        member.status is not None and (member.status.restart_count or not member.status.ready)
        for member in pod.members()
    )


def _read_logs(
    ask: Transport, pool: ThreadPoolExecutor, request: ClusterRequest, into: Collector
) -> None:
    wanted = _one_of_each_first(_wanted_logs(into.pods, request))
    for found in pool.map(lambda log: _log(ask, log), wanted[:_MOST_LOGS]):
        if isinstance(found, Gap):
            into.add_gap(found)
            continue
        for log in found:
            into.add_log(log)
    for left in wanted[_MOST_LOGS:]:
        what = f"log of {left.container}: only {_MOST_LOGS} logs are looked into"
        cost = "ask for one workload to read it: holdfast why pod/" + left.pod.name
        into.add_gap(Gap(GapKind.REFUSED, what, ask.name, cost, left.pod))


class _WantedLog(NamedTuple):
    pod: PodKey
    owner: str
    container: str
    previous: bool
    ended_at: float


def _one_of_each_first(logs: Iterable[_WantedLog]) -> list[_WantedLog]:
    """The newest of every workload's container, then the second newest of each, and so on."""
    seen: Counter[tuple[str, str, bool]] = Counter()
    turns: list[tuple[int, _WantedLog]] = []
    for log in sorted(logs, key=lambda log: -log.ended_at):
        kind = (log.owner, log.container, log.previous)
        turns.append((seen[kind], log))
        seen[kind] += 1
    return [log for _, log in sorted(turns, key=lambda turn: turn[0])]


def _wanted_logs(pods: Sequence[Pod], request: ClusterRequest) -> Iterator[_WantedLog]:
    named = {name for kind, name in request.targets if kind == "Pod"}
    for pod in pods:
        controller = pod.metadata.controller
        owner = controller.uid or controller.name if controller else str(pod.key)
        for member in pod.members():
            status = member.status
            if status is None:
                continue
            ended = _ended_at(member)
            # While nothing runs, the "current" log is that of the life that has just ended.
            running = status.state.running is not None
            if status.restart_count or ended:
                yield _WantedLog(pod.key, owner, member.name, running, ended)
            if pod.key.name in named and running:
                yield _WantedLog(pod.key, owner, member.name, previous=False, ended_at=ended)


def _ended_at(member: Member) -> float:
    status = member.status
    if status is None:
        return 0.0
    ends = (status.state.terminated, status.last_state.terminated)
    texts = [end.finished_at for end in ends if end is not None]
    return max((parse_instant(text) or 0.0 for text in texts), default=0.0)


def _log(ask: Transport, wanted: _WantedLog) -> tuple[Log, ...] | Gap:
    namespace, name = wanted.pod
    path = f"/api/v1/namespaces/{namespace}/pods/{name}/log"
    query = {
        "container": wanted.container,
        "tailLines": str(TAIL_LINES),
        "limitBytes": str(_LOG_LIMIT_BYTES),
    }
    query |= {"previous": "true"} if wanted.previous else {}
    life = "previous" if wanted.previous else "current"
    source = f"{life} log of {wanted.container}"
    try:
        body = ask.get(path, query)
    except (RefusedError, ClusterError) as error:
        reason = error.message if isinstance(error, RefusedError) else error.found
        what = f"{source} ({_first_line(reason)})"
        cost = "the application's own words are missing"
        kind = _kind(error) if isinstance(error, RefusedError) else GapKind.ABSENT
        return Gap(kind, what, ask.name, cost, wanted.pod)
    template = Log(
        lines=(),
        source=f"{source} of pod/{name}",
        life=LogLife.PREVIOUS if wanted.previous else LogLife.CURRENT,
        namespace=namespace,
        pod=name,
        container=wanted.container,
    )
    return tuple(bounded(as_text(body).split("\n"), template))


def _path(resource: str, namespace: str | None) -> str:
    return f"/api/v1/namespaces/{namespace}/{resource}" if namespace else f"/api/v1/{resource}"


def _kind(error: RefusedError) -> GapKind:
    return GapKind.FORBIDDEN if error.forbidden else GapKind.ABSENT


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0] or "no reason given"
