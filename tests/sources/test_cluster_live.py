"""A live cluster is read with GET only, in pages, through kubectl and by service account."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.sources.fake_api import FakeApi, serving
from tests.sources.inputs import pod_object

from holdfast.model.snapshot import GapKind, LogLife, Snapshot
from holdfast.sources.cluster import ClusterRequest, read_cluster
from holdfast.sources.transport import (
    ClusterError,
    KubectlTransport,
    ServiceAccountTransport,
    Transport,
)

PODS = "/api/v1/namespaces/shop/pods"


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A cluster with one namespace, 1,200 pods of which one restarted, and its owner."""
    fake = FakeApi()
    pods = [pod_object(f"api-{number}", restarts=0) for number in range(1200)]
    for pod in pods:
        pod["status"]["containerStatuses"][0] |= {"lastState": {}, "ready": True}
    pods[700] = pod_object("api-700", restarts=4)
    owner = {"kind": "ReplicaSet", "name": "api-6d", "uid": "u-rs", "controller": True}
    pods[700]["metadata"]["ownerReferences"] = [owner]
    fake.lists[PODS] = ("PodList", pods)
    fake.lists["/api/v1/namespaces/shop/events"] = ("EventList", [])
    fake.lists["/api/v1/nodes"] = ("NodeList", [{"metadata": {"name": "node-1"}}])
    fake.objects["/apis/apps/v1/namespaces/shop/replicasets/api-6d"] = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": "api-6d", "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": [{"name": "app", "image": "i"}]}}},
    }
    fake.logs[f"{PODS}/api-700/log", True] = "starting\npanic: nil map\n"
    with serving(fake):
        yield fake


def account(directory: Path, api: FakeApi) -> ServiceAccountTransport:
    """A service account's directory and the transport that uses it."""
    (directory / "token").write_text("token-1")
    (directory / "namespace").write_text("shop")
    return ServiceAccountTransport(api.url, directory)


def kubectl(api: FakeApi) -> KubectlTransport:
    """The real kubectl against the fake server; skipped loudly where it is missing."""
    if shutil.which("kubectl") is None:
        if os.environ.get("CI"):
            pytest.fail("kubectl is missing: .ci/run installs it")
        pytest.skip("kubectl is not installed: see https://kubernetes.io/docs/tasks/tools")
    return KubectlTransport((f"--server={api.url}", "--kubeconfig=/dev/null"))


@pytest.fixture(params=["kubectl", "service account"])
def transport(request: pytest.FixtureRequest, api: FakeApi, tmp_path: Path) -> Transport:
    """Both ways to the same server."""
    return kubectl(api) if request.param == "kubectl" else account(tmp_path, api)


def read(transport: Transport, **request: Any) -> Snapshot:
    """The namespace of the fake cluster."""
    return read_cluster(ClusterRequest(namespace="shop", **request), transport)


@pytest.mark.real
def test_everything_is_read_in_pages(api: FakeApi, transport: Transport) -> None:
    """All pods, the previous log of the restarted one, its owner and the nodes."""
    snapshot = read(transport)

    assert len(snapshot.pods) == 1200
    assert [w.metadata.name for w in snapshot.workloads] == ["api-6d"]
    assert [(log.pod, log.life, log.lines[-1]) for log in snapshot.logs] == [
        ("api-700", LogLife.PREVIOUS, "panic: nil map")
    ]
    assert snapshot.events_read
    assert snapshot.captured_at is not None
    assert sum(path.startswith(f"{PODS}?") for _, path in api.requests) == 3


@pytest.mark.real
def test_only_get_and_nothing_secret(api: FakeApi, transport: Transport) -> None:
    """No request changes anything, and none asks for Secrets or ConfigMaps."""
    read(transport)

    assert {method for method, _ in api.requests} == {"GET"}
    assert not any("secrets" in path or "configmaps" in path for _, path in api.requests)


@pytest.mark.real
def test_expired_page_token_begins_anew(api: FakeApi, transport: Transport) -> None:
    """A token that the server has forgotten (410) costs time and no pod."""
    api.expired_tokens = 1

    assert len(read(transport).pods) == 1200


@pytest.mark.real
def test_forbidden_lists_are_gaps(api: FakeApi, transport: Transport) -> None:
    """Events and nodes that may not be read are told with what it costs."""
    api.refused |= {"/api/v1/namespaces/shop/events": 403, "/api/v1/nodes": 403}
    snapshot = read(transport)

    assert [gap.kind for gap in snapshot.gaps] == [GapKind.FORBIDDEN] * 2
    assert not snapshot.events_read


@pytest.mark.real
def test_missing_previous_log_is_a_gap(api: FakeApi, transport: Transport) -> None:
    """A log that the node has thrown away is told for its pod."""
    api.logs.clear()
    gap = read(transport).gaps[0]

    assert gap.kind is GapKind.ABSENT
    assert gap.pod == ("shop", "api-700")


def test_many_replicas_do_not_hide_another_workload(api: FakeApi, tmp_path: Path) -> None:
    """The bound on logs goes round the workloads, and what it left out is told."""
    pods = [pod_object(f"web-{number}") for number in range(80)]
    for pod in pods:
        owner = {"kind": "ReplicaSet", "name": "web", "uid": "u-web", "controller": True}
        pod["metadata"]["ownerReferences"] = [owner]
        pod["status"]["containerStatuses"][0]["lastState"]["terminated"]["finishedAt"] = (
            "2026-11-23T08:59:00Z"
        )
    api.lists[PODS] = ("PodList", [*pods, pod_object("db-0")])
    api.logs[f"{PODS}/db-0/log", True] = "the older end\n"
    snapshot = read(account(tmp_path, api))

    assert [log.pod for log in snapshot.logs] == ["db-0"]
    assert sum("only 60 logs" in gap.what for gap in snapshot.gaps) == 21


@pytest.mark.real
def test_who_may_only_get_reads_the_named_pod(api: FakeApi, transport: Transport) -> None:
    """Without permission to list, a pod that was named is still diagnosed."""
    api.refused[PODS] = 403
    api.objects[f"{PODS}/api-700"] = pod_object("api-700")
    snapshot = read(transport, targets=(("Pod", "api-700"),))

    assert [pod.metadata.name for pod in snapshot.pods] == ["api-700"]
    assert any(gap.what == "other pods" for gap in snapshot.gaps)


@pytest.mark.real
def test_forbidden_pods_are_an_error(api: FakeApi, transport: Transport) -> None:
    """Nothing is called healthy that could not be looked at."""
    api.refused[PODS] = 403
    with pytest.raises(ClusterError, match="auth can-i list pods -n shop"):
        read(transport)


@pytest.mark.real
def test_unreachable_server_is_an_error() -> None:
    """A refused connection is told with what to check."""
    fake = FakeApi()
    fake.url = "http://127.0.0.1:1"
    with pytest.raises(ClusterError, match="refused"):
        read(kubectl(fake))


def test_token_is_sent_and_read_again(api: FakeApi, tmp_path: Path) -> None:
    """The kubelet rotates tokens while we run: each request uses the newest."""
    transport = account(tmp_path, api)
    transport.get("/api/v1/nodes", {})
    (tmp_path / "token").write_text("token-2")
    transport.get("/api/v1/nodes", {})

    assert [headers["Authorization"] for headers in api.headers] == [
        "Bearer token-1",
        "Bearer token-2",
    ]
    assert transport.namespace() == "shop"
