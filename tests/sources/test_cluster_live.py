"""A live cluster is read with GET only, in pages, through kubectl and by service account."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.sources.fake_api import FakeApi, serving
from tests.sources.inputs import pod_object

from holdfast.model.snapshot import GapKind, LogLife, Snapshot
from holdfast.sources.choose_transport import choose_transport
from holdfast.sources.cluster import ClusterRequest, read_cluster
from holdfast.sources.kubectl_proxy import KubectlProxyTransport, start_kubectl_proxy
from holdfast.sources.transport import (
    ClusterError,
    KubectlTransport,
    RefusedError,
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


def flags(api: FakeApi) -> tuple[str, ...]:
    """The real kubectl's way to the fake server; skipped loudly where it is missing."""
    if shutil.which("kubectl") is None:
        if os.environ.get("CI"):
            pytest.fail("kubectl is missing: .ci/run installs it")
        pytest.skip("kubectl is not installed: see https://kubernetes.io/docs/tasks/tools")
    return (f"--server={api.url}", "--kubeconfig=/dev/null")


def proxy(api: FakeApi) -> KubectlProxyTransport:
    """A real kubectl proxy in front of the fake server."""
    started = start_kubectl_proxy(flags(api))
    assert started is not None
    return started


# Some builds of kubectl choose their own version by the server's.
_VERSION = "/version?timeout=5s"
WAYS: dict[str, Callable[[FakeApi, Path], Transport]] = {
    "kubectl proxy": lambda api, _directory: proxy(api),
    "kubectl get": lambda api, _directory: KubectlTransport(flags(api)),
    "service account": lambda api, directory: account(directory, api),
}


@pytest.fixture(params=WAYS)
def transport(request: pytest.FixtureRequest, api: FakeApi, tmp_path: Path) -> Iterator[Transport]:
    """All ways to the same server."""
    with closing(WAYS[request.param](api, tmp_path)) as way:
        yield way


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
@pytest.mark.parametrize("way", ["kubectl proxy", "kubectl get"])
def test_unreachable_server_is_an_error(way: str, tmp_path: Path) -> None:
    """A refused connection is told with what to check."""
    fake = FakeApi()
    fake.url = "http://127.0.0.1:1"
    with (
        closing(WAYS[way](fake, tmp_path)) as unreachable,
        pytest.raises(ClusterError, match="refused"),
    ):
        read(unreachable)


@pytest.mark.real
def test_proxy_takes_get_alone(api: FakeApi) -> None:
    """Whoever finds the socket can change nothing, open no session and read no Secret."""
    refused = [
        ("POST", PODS),
        ("DELETE", f"{PODS}/api-1"),
        ("GET", f"{PODS}/api-1/exec"),
        ("GET", f"{PODS}/api-1/portforward"),
        ("GET", "/api/v1/secrets"),
        ("GET", "/api/v1/namespaces/shop/secrets/token"),
    ]
    with closing(proxy(api)) as transport:
        for method, path in refused:
            assert ask(transport.socket_path, method, path) == http.client.FORBIDDEN
        assert transport.socket_path.parent.stat().st_mode & 0o077 == 0
    assert {path for _, path in api.requests} <= {_VERSION}


def ask(path: Path, method: str, url: str) -> int:
    """The status that the proxy answers."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(path))
    with closing(connection):
        connection.request(method, url)
        return connection.getresponse().status


@pytest.mark.real
def test_proxy_leaves_nothing_behind(api: FakeApi) -> None:
    """Its process and its socket are gone when it is closed."""
    transport = proxy(api)
    transport.close()

    assert not transport.socket_path.parent.exists()
    assert transport.process.returncode is not None


_HOLD = """
import sys, time
from holdfast.sources.kubectl_proxy import start_kubectl_proxy
transport = start_kubectl_proxy(sys.argv[1:])
print(transport.process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.real
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_proxy_ends_with_a_killed_parent(api: FakeApi) -> None:
    """kill -9 leaves no way to the cluster open."""
    command = [sys.executable, "-c", _HOLD, *flags(api)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and _state(pid) != "Z":
        assert time.monotonic() < deadline, "kubectl proxy outlives its parent"
        time.sleep(0.02)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@pytest.mark.real
def test_server_below_a_path(api: FakeApi) -> None:
    """A kubeconfig's server may have a path of its own, which each request keeps."""
    api.url += "/k8s/clusters/c-1"
    ways: tuple[Transport, ...] = (proxy(api), KubectlTransport(flags(api)))
    for transport in ways:
        with closing(transport), pytest.raises(RefusedError):
            transport.get("/api/v1/nodes", {"limit": "1"})
    paths = [path for _, path in api.requests if not path.endswith(_VERSION)]
    assert paths == ["/k8s/clusters/c-1/api/v1/nodes?limit=1"] * 2


@pytest.mark.real
def test_without_a_proxy_kubectl_is_asked(api: FakeApi) -> None:
    """A limit of time, or flags that no proxy takes, lead to `kubectl get`, which says what is."""
    limited = (*flags(api), "--request-timeout=30s")
    with closing(choose_transport(limited)) as transport:
        assert type(transport) is KubectlTransport
        assert len(read(transport).pods) == 1200
    with (
        closing(choose_transport((*flags(api), "--context=nowhere"))) as transport,
        pytest.raises(ClusterError, match="nowhere"),
    ):
        read(transport)


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
