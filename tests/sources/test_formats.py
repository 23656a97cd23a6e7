"""Every format that people keep of a cluster is recognised by content and read."""

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from tests.sources.inputs import CLUSTER, pod_list_bytes, pod_object, read_bytes, read_path

from holdfast.model.snapshot import GapKind, Log, LogLife, Snapshot


def write_tree(root: Path, files: dict[str, str]) -> Path:
    """A directory with these files."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def packed(root: Path, top: str = "bundle-2026-11-23") -> bytes:
    """The directory as a tar.gz with one directory at its top."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        tar.add(root, arcname=top)
    return out.getvalue()


def log_of(snapshot: Snapshot, life: LogLife) -> Log:
    """The log of that life."""
    return next(log for log in snapshot.logs if log.life is life)


def event_object(reason: str, message: str, pod: str = "api") -> dict[str, Any]:
    """An event about a pod of namespace shop."""
    return {
        "metadata": {"name": f"{pod}.{reason}", "namespace": "shop"},
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": pod, "uid": f"uid-{pod}"},
        "reason": reason,
        "message": message,
        "type": "Normal",
        "lastTimestamp": "2026-11-23T07:59:00Z",
        "count": 2,
    }


def test_single_object_lists_and_lines() -> None:
    """One object, a list, several documents and JSON lines hold the same pods."""
    one = json.dumps(pod_object("a"))
    two = json.dumps(pod_object("b"), indent=2)

    assert len(read_bytes(one.encode()).pods) == 1
    assert len(read_bytes(pod_list_bytes("a", "b")).pods) == 2
    assert len(read_bytes(f"{one}\n{two}\n".encode()).pods) == 2
    assert len(read_bytes(f"{one}\n---\n{one}".encode()).pods) == 1


def test_typed_list_without_item_kinds() -> None:
    """`kubectl get --raw` answers a PodList whose items do not repeat their kind."""
    items = [
        {k: v for k, v in pod_object(n).items() if k not in ("kind", "apiVersion")} for n in "ab"
    ]
    listed = {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items}

    assert len(read_bytes(json.dumps(listed).encode()).pods) == 2


def test_events_of_the_new_api() -> None:
    """events.k8s.io/v1 says the same under other names."""
    event = {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "shop"},
        "regarding": {"kind": "Pod", "namespace": "shop", "name": "api"},
        "reason": "Killing",
        "note": "Container app failed liveness probe, will be restarted",
        "eventTime": "2026-11-23T07:59:00.123456Z",
    }
    read = read_bytes(json.dumps(event).encode()).events[0]

    assert read.involved_object.name == "api"
    assert "liveness" in read.message
    assert read.last is not None


def test_event_without_reason_and_message_is_skipped() -> None:
    """Dumps hold empty items; they cost nothing but themselves."""
    items = [{"metadata": {"name": "x"}}, event_object("Killing", "Container app failed")]
    snapshot = read_bytes(json.dumps({"kind": "EventList", "items": items}).encode())

    assert len(snapshot.events) == 1


def test_custom_resource_with_a_pod_template() -> None:
    """An owner of a kind that nobody knows is recognised by the template it embeds."""
    rollout = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "api", "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": [{"name": "app", "image": "i"}]}}},
    }
    template = read_bytes(json.dumps(rollout).encode()).workloads[0].spec.template

    assert template is not None
    assert template.spec.containers[0].name == "app"


def test_cron_job_keeps_its_template_deeper() -> None:
    """The template of a CronJob's Job is found."""
    template = {"spec": {"containers": [{"name": "app", "image": "i"}]}}
    cron = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "nightly", "namespace": "shop"},
        "spec": {"jobTemplate": {"spec": {"template": template}}},
    }
    workload = read_bytes(json.dumps(cron).encode()).workloads[0]

    assert workload.kind == "CronJob"
    assert workload.spec.template is not None


def test_cluster_info_dump_as_one_stream() -> None:
    """Without a directory the dump is JSON and logs in one stream."""
    events = {"kind": "EventList", "apiVersion": "v1", "items": [event_object("Killing", "x")]}
    stream = (
        f"{json.dumps(events, indent=4)}\n{pod_list_bytes('api').decode()}\n"
        "==== START logs for container app of pod shop/api ====\nstarting\npanic: nil map\n"
        "==== END logs for container app of pod shop/api ====\n"
    )
    snapshot = read_bytes(stream.encode())

    assert len(snapshot.pods) == 1
    assert len(snapshot.events) == 1
    assert snapshot.logs[0].lines == ("starting", "panic: nil map")
    assert snapshot.logs[0].container == "app"


def test_support_bundle(tmp_path: Path) -> None:
    """Pods by namespace, old bare arrays of events, and both logs of a container."""
    write_tree(
        tmp_path,
        {
            "version.yaml": "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\n",
            "analysis.json": "[]",
            "cluster-resources/pods/shop.json": pod_list_bytes("api").decode(),
            "cluster-resources/events/shop.json": json.dumps([event_object("Killing", "x")]),
            "cluster-resources/pods/logs/shop/api/app.log": "current words\n",
            "cluster-resources/pods/logs/shop/api/app-previous.log": "last words\n",
        },
    )
    for snapshot in (read_path(tmp_path), read_bytes(packed(tmp_path))):
        assert [pod.key for pod in snapshot.pods] == [("shop", "api")]
        assert snapshot.events[0].reason == "Killing"
        assert log_of(snapshot, LogLife.PREVIOUS).lines == ("last words",)
        assert log_of(snapshot, LogLife.CURRENT).container == "app"


def test_support_bundle_tells_hidden_values(tmp_path: Path) -> None:
    """Values that the collector hid are not taken for values that are not set."""
    pods = pod_list_bytes("api").decode().replace("registry.example/app:1", "***HIDDEN***")
    write_tree(tmp_path, {"cluster-resources/pods/shop.json": pods})

    assert GapKind.REDACTED in {gap.kind for gap in read_path(tmp_path).gaps}


def test_must_gather(tmp_path: Path) -> None:
    """One YAML per pod below a digest directory, logs with times, and the list that repeats."""
    base = "quay-io-must-gather-sha256-abc/namespaces/shop"
    logs = f"{base}/pods/api/app/app/logs"
    write_tree(
        tmp_path,
        {
            f"{base}/pods/api/api.yaml": json.dumps(pod_object("api")),
            f"{base}/core/pods.yaml": json.dumps(json.loads(pod_list_bytes("api"))),
            f"{base}/core/events.yaml": json.dumps(
                {"kind": "EventList", "apiVersion": "v1", "items": [event_object("Killing", "x")]}
            ),
            f"{logs}/current.log": "2026-11-23T08:00:00.1Z starting\n",
            f"{logs}/previous.log": "2026-11-23T07:00:00.1Z panic: nil map\n",
            f"{base}/monitoring/big.yaml": "not: [read",
        },
    )
    snapshot = read_bytes(packed(tmp_path))

    assert [pod.key for pod in snapshot.pods] == [("shop", "api")]
    assert len(snapshot.events) == 1
    assert log_of(snapshot, LogLife.PREVIOUS).lines == ("panic: nil map",)
    assert snapshot.gaps == ()


def test_insights_archive(tmp_path: Path) -> None:
    """Pods with problems, extracts of logs, and compacted events tied by their text."""
    message = "Back-off restarting failed container app in pod api_shop(0a1b2c3d-0000-0000)"
    compact = {"namespace": "shop", "lastTimestamp": "2026-11-23T07:59:00Z", "reason": "BackOff",
               "message": message, "type": "Warning"}  # fmt: skip
    write_tree(
        tmp_path,
        {
            "config/pod/shop/api.json": json.dumps(pod_object("api")),
            "config/pod/shop/logs/api/errors.log": "fatal: cannot reach the database\n",
            "events/shop.json": json.dumps({"items": [compact]}),
        },
    )
    snapshot = read_bytes(packed(tmp_path))

    assert snapshot.pods[0].key == ("shop", "api")
    assert snapshot.events[0].involved_object.name == "api"
    assert snapshot.logs[0].pod == "api"


def test_node_log_tree(tmp_path: Path) -> None:
    """Names in /var/log/pods tell restart counts; CRI prefixes and partial lines are joined."""
    base = "shop_api_0a1b2c3d-0000-1111-2222-333344445555/app"
    time = "2026-11-23T08:00:00.000000001Z"
    write_tree(
        tmp_path,
        {
            f"{base}/4.log": f"{time} stdout F starting again\n",
            f"{base}/3.log": f"{time} stdout F starting\n{time} stderr P panic: \n"
            f"{time} stderr F nil map\n",
        },
    )
    snapshot = read_path(tmp_path)
    status = next(snapshot.pods[0].members()).status

    assert status is not None
    assert status.restart_count == 4
    assert log_of(snapshot, LogLife.PREVIOUS).lines == ("starting", "panic: nil map")
    assert log_of(snapshot, LogLife.PREVIOUS).restart == 3


def test_get_pods_text() -> None:
    """A pasted table names pods, states and counts, and says how little that is."""
    snapshot = read_bytes((CLUSTER / "pods.txt").read_bytes())
    pods = {pod.metadata.name: pod for pod in snapshot.pods}
    status = next(pods["dev-command-not-found"].members()).status

    assert len(pods) == 34
    assert status is not None
    assert status.restart_count == 7
    assert pods["dev-ephemeral-evicted"].status.phase == "Failed"
    assert {gap.kind for gap in snapshot.gaps} == {GapKind.ABSENT}


def test_get_events_text() -> None:
    """A pasted table of events keeps reasons, messages and objects."""
    both = (CLUSTER / "pods.json", CLUSTER / "events.txt")
    snapshot = read_path(*both)

    assert any(e.reason == "Killing" and "liveness" in e.message for e in snapshot.events)
    assert {e.involved_object.kind for e in snapshot.events} == {"Pod"}


def test_objects_beat_text() -> None:
    """What an object says more exactly is not doubled by a table or a describe text."""
    paths = (CLUSTER / "events.txt", CLUSTER / "describe", CLUSTER / "events.json")
    assert len(read_path(*paths).events) == len(read_path(CLUSTER / "events.json").events)


def test_describe_with_a_log_below() -> None:
    """People paste the log right after the description."""
    text = (CLUSTER / "describe" / "dev-exit-1-loop.txt").read_text(encoding="utf-8")
    snapshot = read_bytes(f"{text}\nstarting\npanic: nil map\n".encode())

    assert len(snapshot.pods) == 1
    assert snapshot.logs[0].lines[-1] == "panic: nil map"


def test_describe_that_was_indented_by_pasting() -> None:
    """A text inside a list item or a quote is read as well."""
    text = (CLUSTER / "describe" / "dev-http-404.txt").read_text(encoding="utf-8")
    indented = "\n".join(f"    {line}" for line in text.split("\n"))
    pod = read_bytes(indented.encode()).pods[0]

    assert pod.metadata.name == "dev-http-404"
    assert pod.spec.containers[0].liveness_probe is not None


_DESCRIBED = (CLUSTER / "describe" / "dev-http-404.txt").read_text(encoding="utf-8")
_QUOTED = "".join(f"> {line}\n" for line in _DESCRIBED.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        _QUOTED,
        f"On Monday, somebody wrote:\n\n{_QUOTED}\nAny idea?\n",
        "".join(f"> {line}\n" for line in _QUOTED.splitlines()),
        f"Look at this:\n```\n{_DESCRIBED}```\nand tell me\n",
        "".join(f"> {line}\n" for line in f"see\n~~~text\n{_DESCRIBED}~~~\n".splitlines()),
        f"```console\n$ kubectl describe pod dev-http-404\n{_DESCRIBED}",
    ],
    ids=["mail", "mail with words", "mail of a mail", "fence", "fence in a mail", "open fence"],
)
def test_describe_out_of_mails_and_tickets(text: str) -> None:
    """A description is read as such from where people paste it."""
    pod = read_bytes(text.encode()).pods[0]

    assert pod.metadata.name == "dev-http-404"
    assert pod == read_bytes(_DESCRIBED.encode()).pods[0]


def test_each_fence_is_read_for_itself() -> None:
    """A ticket holds a description, events and a log, each in a fence of its own."""
    manifest = "```yaml\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app}]}\n```"
    text = f"{manifest}\nIt says:\n```\nstarting\npanic: nil map\n```\n"
    snapshot = read_bytes(text.encode())

    assert [pod.metadata.name for pod in snapshot.pods] == ["web"]
    assert snapshot.logs[0].lines == ("starting", "panic: nil map")


def test_log_with_quotes_and_fences_stays_whole() -> None:
    """What a program prints is no paste, unless something else than a log is inside."""
    lines = ("> GET / HTTP/1.1", "> Host: db", "```", "panic: nil map", "```")

    assert read_bytes("\n".join(lines).encode()).logs[0].lines == lines


def test_older_client_loses_fields_that_another_reading_has() -> None:
    """A dump by an older kubectl and a newer one of the same pod make one specification."""
    newer = pod_object("a")
    newer["spec"]["containers"][0]["restartPolicyRules"] = [{"action": "Restart"}]
    other = pod_object("b")
    other["metadata"]["uid"] = "another life of that name"
    older, later = pod_object("a"), pod_object("b")
    later["spec"]["containers"][0]["command"] = ["x"]
    objects = {"kind": "List", "items": [older, newer, other, later]}
    pods = read_bytes(json.dumps(objects).encode()).pods

    assert pods[0].spec.containers[0].restart_policy_rules is not None
    assert pods[1].spec.containers[0].command is None


@pytest.mark.parametrize("pod", sorted(p.stem for p in (CLUSTER / "describe").glob("*.txt")))
def test_describe_says_what_the_object_says(pod: str) -> None:
    """Probes, limits, states and counts read from text are those of the object."""
    described = read_path(CLUSTER / "describe" / f"{pod}.txt").pods[0]
    objects = {p.metadata.name: p for p in read_path(CLUSTER / "pods.json").pods}
    for text, real in zip(described.members(), objects[pod].members(), strict=True):
        assert (text.name, text.kind) == (real.name, real.kind)
        if text.status is None or real.status is None:
            assert text.status is real.status
            continue
        # The texts were captured some seconds after the objects.
        assert 0 <= text.status.restart_count - real.status.restart_count <= 1
        assert text.spec is not None
        assert real.spec is not None
        for name in ("liveness_probe", "readiness_probe", "startup_probe"):
            mine, theirs = getattr(text.spec, name), getattr(real.spec, name)
            assert (mine is None) == (theirs is None)
            if mine is not None:
                assert (mine.handler, mine.port) == (theirs.handler, theirs.port)
                assert (mine.period, mine.failures) == (theirs.period, theirs.failures)
        assert text.spec.limit("memory") == real.spec.limit("memory")


def test_logs_named_after_pods(tmp_path: Path) -> None:
    """`kubectl logs POD -c C --previous > POD.C.previous.log` is enough to know whose log it is."""
    (tmp_path / "pods.json").write_bytes(pod_list_bytes("api", "api-2"))
    (tmp_path / "api.app.previous.log").write_text("last words\n")
    (tmp_path / "api-2_app.log").write_text("current words\n")
    logs = {log.pod: log for log in read_path(tmp_path).logs}

    assert logs["api"].life is LogLife.PREVIOUS
    assert logs["api"].container == "app"
    assert logs["api-2"].lines == ("current words",)


def test_single_gzip_file(tmp_path: Path) -> None:
    """A log that was compressed alone is read as if it were not."""
    path = tmp_path / "api.log.gz"
    path.write_bytes(gzip.compress(b"starting\npanic: nil map\n"))

    assert read_path(path).logs[0].lines[-1] == "panic: nil map"


def test_items_that_nobody_names_are_told_by_their_shape() -> None:
    """`jq '{items: .items}'` and templates drop the kinds; what is read stays the same."""
    pod = {
        key: value for key, value in pod_object("a").items() if key not in ("kind", "apiVersion")
    }
    happened = {"reason": "BackOff", "message": "m", "involvedObject": {"kind": "Pod", "name": "a"}}
    snapshot = read_bytes(json.dumps({"kind": "List", "items": [pod, happened]}).encode())

    assert [p.metadata.name for p in snapshot.pods] == ["a"]
    assert [e.reason for e in snapshot.events] == ["BackOff"]
