"""Builds small cases for tests of causes: one pod, its events and logs, nothing else.

The shapes are those of the API (camel case), decoded by the same structs as real input.
"""

from typing import Any

import msgspec

from holdfast.diagnosis.catalogue import catalogue, signatures
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.context import Context
from holdfast.model.event import Event
from holdfast.model.instant import parse_instant
from holdfast.model.measurement import Measurement
from holdfast.model.node import Node
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Log, LogLife, Snapshot
from holdfast.model.verdict import Verdict
from holdfast.model.workload import Workload

NOW = "2026-11-23T08:30:00Z"
STARTED = "2026-11-23T08:20:00Z"


def terminated(
    exit_code: int,
    reason: str = "",
    started: str = STARTED,
    finished: str = "2026-11-23T08:20:30Z",
    message: str = "",
) -> dict[str, Any]:
    """A terminated state; the reason follows the code unless given."""
    return {
        "terminated": {
            "exitCode": exit_code,
            "reason": reason or ("Error" if exit_code else "Completed"),
            "startedAt": started,
            "finishedAt": finished,
            "message": message,
        }
    }


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    """A waiting state."""
    return {"waiting": {"reason": reason, "message": message}}


def running(started: str = STARTED) -> dict[str, Any]:
    """A running state."""
    return {"running": {"startedAt": started}}


def event(reason: str, message: str, **fields: Any) -> dict[str, Any]:
    """An event about the pod that `case` builds; `count`, `lastTimestamp` and others as given."""
    return {
        "metadata": {"name": f"e-{reason}-{abs(hash(message)) % 1000}", "namespace": "default"},
        "involvedObject": {
            "kind": "Pod",
            "namespace": "default",
            "name": "api",
            "uid": "u-1",
            "fieldPath": fields.pop("fieldPath", ""),
        },
        "type": fields.pop("type", "Warning"),
        "reason": reason,
        "message": message,
        "count": fields.pop("count", 1),
        "lastTimestamp": fields.pop("lastTimestamp", "2026-11-23T08:20:30Z"),
        **fields,
    }


def object_event(kind: str, name: str, reason: str, message: str, **fields: Any) -> dict[str, Any]:
    """An event about a node, a workload or any other object that is not the pod."""
    namespace = "" if kind == "Node" else "default"
    involved = {"kind": kind, "namespace": namespace, "name": name}
    return {**event(reason, message, **fields), "involvedObject": involved}


def neighbour(name: str, last: dict[str, Any], node: str = "node-1") -> dict[str, Any]:
    """Another pod with an owner of its own, whose container "main" was restarted once."""
    return {
        "metadata": {
            "name": name,
            "namespace": "default",
            "uid": f"u-{name}",
            "ownerReferences": [
                {"kind": "ReplicaSet", "name": f"rs-{name}", "uid": f"o-{name}", "controller": True}
            ],
        },
        "spec": {"nodeName": node, "containers": [{"name": "main", "image": "main:1"}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {
                    "name": "main",
                    "state": running("2026-11-23T08:25:00Z"),
                    "lastState": last,
                    "ready": True,
                    "restartCount": 1,
                }
            ],
        },
    }


def case(
    *,
    container: dict[str, Any] | None = None,
    state: dict[str, Any] | None = None,
    last: dict[str, Any] | None = None,
    restarts: int = 5,
    events: tuple[dict[str, Any], ...] = (),
    log: str = "",
    current_log: str = "",
    spec: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    nodes: tuple[dict[str, Any], ...] = (),
    workloads: tuple[dict[str, Any], ...] = (),
    other_pods: tuple[dict[str, Any], ...] = (),
    init: bool = False,
    ready: bool = False,
    node_log: str = "",
    measured: dict[str, Any] | None = None,
    whole: bool = False,
) -> Case:
    """A case about container "app" of pod default/api.

    `container` is merged into the container spec, `spec`/`status`/`metadata` into the pod's;
    `log` is the previous life's log. `init` puts the container into the init containers.
    `node_log` is a log of node-1, `measured` what somebody measured of the container; `whole` asks
    for the case of the pod as a whole.
    """
    container_spec = {"name": "app", "image": "registry.example/app:1.2.3", **(container or {})}
    container_status = {
        "name": "app",
        "state": state if state is not None else waiting("CrashLoopBackOff"),
        "lastState": last if last is not None else {},
        "ready": ready,
        "restartCount": restarts,
        "containerID": "containerd://abc",
    }
    lists = (
        ("initContainers", "initContainerStatuses") if init else ("containers", "containerStatuses")
    )
    pod = {
        "metadata": {
            "name": "api",
            "namespace": "default",
            "uid": "u-1",
            "creationTimestamp": "2026-11-23T08:00:00Z",
            **(metadata or {}),
        },
        "spec": {"nodeName": "node-1", lists[0]: [container_spec], **(spec or {})},
        "status": {"phase": "Running", lists[1]: [container_status], **(status or {})},
    }
    snapshot = Snapshot(
        pods=tuple(msgspec.convert(p, Pod) for p in (pod, *other_pods)),
        events=tuple(msgspec.convert(e, Event) for e in events),
        nodes=tuple(msgspec.convert(n, Node) for n in nodes),
        workloads=tuple(msgspec.convert(w, Workload) for w in workloads),
        logs=_logs(log, LogLife.PREVIOUS) + _logs(current_log, LogLife.CURRENT) + _node(node_log),
        measurements=_measured(measured),
        captured_at=parse_instant(NOW),
        events_read=bool(events),
    )
    context = Context(snapshot, signatures())
    bound = snapshot.pods[0]
    member = None if whole else next(m for m in bound.members() if m.name == "app")
    return Case(context, bound, member, context.events_of(bound))


def judge(cause: str, built: Case) -> Verdict | None:
    """The verdict of one cause about a case."""
    return next(e for e in catalogue() if e.cause.id == cause).judge(built)


def best(built: Case) -> str:
    """The id of the cause with the highest score, "" when none speaks up."""
    verdicts = [v for e in catalogue() if (v := e.judge(built)) is not None]
    return max(verdicts, key=lambda v: v.score).cause if verdicts else ""


def _logs(text: str, life: LogLife) -> tuple[Log, ...]:
    if not text:
        return ()
    lines = tuple(text.splitlines())
    return (Log(lines, f"{life}.log", life, "default", "api", "app"),)


def _measured(values: dict[str, Any] | None) -> tuple[Measurement, ...]:
    if values is None:
        return ()
    named: dict[str, Any] = {
        "namespace": "default",
        "pod": "api",
        "container": "app",
        "source": "a rehearsal",
    }
    return (Measurement(**named, **values),)


def _node(text: str) -> tuple[Log, ...]:
    if not text:
        return ()
    return (Log(tuple(text.splitlines()), "kernel.log", LogLife.UNKNOWN, node="node-1"),)
