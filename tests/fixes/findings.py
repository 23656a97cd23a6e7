"""Builds decided findings about a small pod, for tests of fixes."""

from typing import Any

import msgspec

from holdfast.model.finding import Finding, State, Subject
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Snapshot
from holdfast.model.verdict import Verdict
from holdfast.model.workload import Workload

HTTP: dict[str, Any] = {"httpGet": {"path": "/health", "port": 8080}}


def pod(
    container: dict[str, Any] | None = None,
    spec: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    *,
    init: bool = False,
    ready: bool = False,
    message: str = "",
    restarts: int = 5,
) -> Pod:
    """Pod default/api-7d9f-x1 of Deployment api with one container "app"."""
    field = "initContainers" if init else "containers"
    statuses = "initContainerStatuses" if init else "containerStatuses"
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
    value = {
        "metadata": {"name": "api-7d9f-x1", "namespace": "default", "uid": "u", **(metadata or {})},
        "spec": {
            field: [{"name": "app", "image": "registry.example/app:1.2", **(container or {})}],
            **(spec or {}),
        },
        "status": {
            statuses: [{"name": "app", "state": waiting, "ready": ready, "restartCount": restarts}]
        },
    }
    return msgspec.convert(value, Pod)


def finding(
    cause: str,
    subject_pod: Pod,
    *,
    summary: str = "",
    owner: tuple[str, str] = ("Deployment", "api"),
    decided: bool = True,
    **fields: Any,
) -> Finding:
    """A finding about "app" whose answer is `cause`; verdict fields such as `parameters`."""
    verdict = Verdict(cause, "title", summary, **fields)
    member = next(iter(subject_pod.members()))
    subject = Subject(
        namespace="default",
        pod=subject_pod.metadata.name,
        container=member.name,
        container_kind=member.kind.value,
        uid=subject_pod.metadata.uid,
        owner_kind=owner[0],
        owner=owner[1],
    )
    return Finding(subject, State.RESTARTS, summary, decided=decided, verdicts=(verdict,))


def snapshot(*pods: Pod, workloads: tuple[dict[str, Any], ...] = ()) -> Snapshot:
    """What was read."""
    return Snapshot(pods=pods, workloads=tuple(msgspec.convert(w, Workload) for w in workloads))
