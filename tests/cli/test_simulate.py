"""`holdfast simulate` as it is typed: what it reads, compares, prints and exits with."""

import json
import shlex
from pathlib import Path

import pytest
import yaml
from tests.cli.command import Outcome, holdfast

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: app
          image: registry.example/api:1
          resources: {requests: {memory: 100Mi}, limits: {memory: 256Mi, cpu: "1"}}
          livenessProbe:
            httpGet: {path: /health, port: 8080}
            periodSeconds: 5
"""
WORKLOAD = """\
apiVersion: holdfast/v1
kind: Workload
containers:
  app:
    memory: {start: 100Mi, growth: {rate: 1Mi/s}}
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A manifest and a workload."""
    (tmp_path / "api.yaml").write_text(MANIFEST)
    (tmp_path / "w.yaml").write_text(WORKLOAD)
    return tmp_path


def simulate(files: Path, *more: str, length: str = "20m", seeds: int = 2) -> Outcome:
    """One run over the files, short unless a test needs more."""
    return holdfast(
        "simulate", "-f", files / "api.yaml", "--for", length, "--seeds", str(seeds), *more
    )


def test_it_tells_restarts_and_why(files: Path) -> None:
    """The sentence first, then numbers, ends, a timeline, and how to repeat it."""
    outcome = simulate(files, "--workload", str(files / "w.yaml"))

    assert (outcome.code, outcome.err) == (0, "")
    assert (
        "deployment/api, 2 pods, on Kubernetes 1.36: 20m replayed with seeds 1 to 2" in outcome.out
    )
    assert "restarts per day" in outcome.out.splitlines()[1]
    assert "app 137 OOMKilled" in outcome.out
    assert "api-0/app" in outcome.out
    assert "again: holdfast simulate -f" in outcome.out


def test_same_command_prints_the_same_bytes(files: Path) -> None:
    """A result can be checked by anybody, in one process or in several."""
    first = simulate(files, "--preset", "crash-loop", "-o", "json", "--jobs", "1", seeds=4)
    again = json.loads(first.out)["command"]
    second = holdfast(*shlex.split(again)[1:], "-o", "json", "--jobs", "2")

    assert first.code == second.code == 0
    assert first.out == second.out


def test_another_seed_is_another_chance(files: Path) -> None:
    """Seeds differ, so that intervals mean something."""
    first = simulate(files, "--preset", "crash-loop", "-o", "json", seeds=1)
    second = simulate(files, "--preset", "crash-loop", "-o", "json", "--seed", "2", seeds=1)

    assert (
        json.loads(first.out)["sides"][0]["timeline"]
        != json.loads(second.out)["sides"][0]["timeline"]
    )


def test_before_and_after_side_by_side(files: Path) -> None:
    """A setting is proven: a startup probe lets a slow start finish."""
    probe = "app.startupProbe={httpGet: {path: /health, port: 8080}, failureThreshold: 60}"
    outcome = simulate(files, "--preset", "slow-start", "--set", probe, "-o", "json", length="1h")
    document = json.loads(outcome.out)
    restarts = document["measures"][0]

    assert document["changes"] == [probe]
    assert [side["label"] for side in document["sides"]] == ["before", "after"]
    assert restarts["name"] == "restartsPerDay"
    assert restarts["before"]["low"] > 100
    assert restarts["after"]["high"] == 0


def test_a_second_manifest_to_compare_with(files: Path) -> None:
    """--against takes the changed file, as a pull request has it."""
    text = MANIFEST.replace("memory: 256Mi", "memory: 8Gi")
    (files / "after.yaml").write_text(text)
    outcome = simulate(
        files,
        "--workload",
        str(files / "w.yaml"),
        "--against",
        str(files / "after.yaml"),
        "-o",
        "json",
    )
    restarts = json.loads(outcome.out)["measures"][0]

    assert restarts["before"]["median"] > 0
    assert restarts["after"]["median"] == 0


def test_settings_reach_the_workload(files: Path) -> None:
    """What if it leaks half as fast?"""
    outcome = simulate(
        files, "--workload", str(files / "w.yaml"), "-o", "json",
        "--set", "workload.app.memory.growth.rate=100Ki/s",
    )  # fmt: skip
    first = json.loads(outcome.out)["measures"]
    until = next(m for m in first if m["name"] == "firstRestartSeconds")

    assert until["before"]["median"] == pytest.approx(157, abs=4)
    assert until["after"]["median"] is None
    assert until["after"]["never"] == 2


def test_rollout_counts_lost_requests(files: Path) -> None:
    """The race between SIGTERM and the proxies, and the sleep that wins it (scenario SC19)."""
    sleep = "app.lifecycle={preStop: {sleep: {seconds: 5}}}"
    outcome = simulate(files, "--rollout", "5m", "--set", sleep, "-o", "json", seeds=4)
    measures = {m["name"]: m for m in json.loads(outcome.out)["measures"]}

    assert measures["requestsLost"]["before"]["low"] > 0
    assert measures["requestsLost"]["after"]["high"] == 0
    assert measures["rolloutSeconds"]["before"]["median"] > 0


def test_node_without_room(files: Path) -> None:
    """Who does not fit stays Pending, in the scheduler's words."""
    more = ("--set", "app.resources={requests: {memory: 3Gi}}", "--node", "cpu=2,memory=4Gi")
    outcome = simulate(files, *more)

    assert "Pending, 0/1 nodes are available: 1 Insufficient memory." in " ".join(
        outcome.out.split()
    )


def test_neighbours_share_the_node(files: Path) -> None:
    """A leak next door takes memory and room from everybody."""
    other = MANIFEST.replace("name: api", "name: worker").replace(
        'limits: {memory: 256Mi, cpu: "1"}', ""
    )
    (files / "worker.yaml").write_text(other)
    (files / "both.yaml").write_text(WORKLOAD.replace("  app:", "  worker/app:"))
    outcome = simulate(
        files, "--beside", str(files / "worker.yaml"), "--workload", str(files / "both.yaml"),
        "--node", "cpu=4,memory=2Gi", "-o", "json", length="1h", seeds=1,
    )  # fmt: skip
    document = json.loads(outcome.out)
    tracks = {track["container"] for track in document["sides"][0]["timeline"]}

    assert {"api-0/app", "worker-0/app"} <= tracks
    assert "--beside" in document["command"]
    assert document["pods"] == 2


def test_story_and_html(files: Path) -> None:
    """The story is told line by line; the page draws it, without a script."""
    story = simulate(files, "--preset", "crash-loop", "--story", "12", seeds=1).out
    page = simulate(files, "--preset", "crash-loop", "-o", "html", seeds=1).out

    assert "start     app #0" in story
    assert "more lines" in story
    assert page.startswith("<!DOCTYPE html>")
    assert "<svg" in page
    assert "<script" not in page
    assert len(page.encode()) < 300_000


def test_yaml_markdown_and_json_agree(files: Path) -> None:
    """Every format has the same numbers."""
    document = json.loads(simulate(files, "--preset", "hang", "-o", "json").out)
    markdown = simulate(files, "--preset", "hang", "-o", "markdown").out

    assert yaml.safe_load(simulate(files, "--preset", "hang", "-o", "yaml").out) == document
    assert markdown.startswith("## 0 restarts per day")
    assert document["apiVersion"] == "holdfast/v1"
    assert document["kind"] == "Simulation"


def test_fail_on_restarts(files: Path) -> None:
    """A pipeline can refuse a change that restarts."""
    limit = "app.resources.limits.memory=8Gi"
    arguments = ("--workload", str(files / "w.yaml"), "--fail-on", "restarts")

    assert simulate(files, *arguments).code == 1
    assert simulate(files, *arguments, "--set", limit).code == 0


def test_full_disk_is_counted_as_evictions(tmp_path: Path) -> None:
    """A pod that is evicted again and again has no restarts: the evictions are told beside them."""
    pod = {
        "kind": "ReplicaSet",
        "metadata": {"name": "x"},
        "spec": {
            "template": {
                "spec": {
                    "containers": [
                        {
                            "name": "app",
                            "image": "b:1",
                            "resources": {"limits": {"ephemeral-storage": "20Mi"}},
                        }
                    ]
                }
            }
        },
    }
    workload = tmp_path / "w.yaml"
    workload.write_text(
        "{apiVersion: holdfast/v1, kind: Workload, containers: "
        "{app: {disk: {layer: {growth: {rate: 1Mi/s}}}}}}",
        encoding="utf-8",
    )
    outcome = holdfast(
        "simulate", "-f", "-", "--workload", str(workload), "--for", "10m", "--seeds", "3",
        "-o", "json", stdin=json.dumps(pod).encode(),
    )  # fmt: skip
    measures = {one["name"]: one for one in json.loads(outcome.out)["measures"]}

    assert measures["restartsPerDay"]["before"]["median"] == 0
    # Twenty seconds until it is too much, up to twenty more until somebody sees it.
    assert 600 / 50 <= measures["evictions"]["before"]["median"] <= 600 / 20


def test_presets_are_listed() -> None:
    """A newcomer finds out what there is to try."""
    listed = holdfast("simulate", "--list-presets").out

    assert "slow-start" in listed
    assert "Leaks memory" in listed


BAD: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("--preset", "slowstart"), 2, "is not a preset; expected one of crash-loop"),
    (("--for", "0s"), 2, "more than 0s"),
    (("--for", "tomorrow"), 2, "not a duration"),
    (("--seeds", "0"), 2, "is not in the range"),
    (("--kubernetes", "2.1"), 2, "is not a version of Kubernetes"),
    (("--set", "app.livenessProbe"), 3, "expected path=value"),
    (("--set", "app.livenesProbe.timeoutSeconds=5"), 3, "nothing that a simulation uses"),
    (("--set", "app..x=5"), 3, "cannot be read"),
    (("--set", "spec.template.spec.containers[web].image=x"), 3, "entries (app)"),
    (("--set", "app.livenessProbe.periodSeconds=-5"), 3, "must be greater than or equal to 0"),
    (("--set", "app.resources.limits.memory=lots"), 3, "quantities must match"),
    (("--node", "cpu=4"), 3, "cpu=4,memory=16Gi"),
    (("--node", "cpu=0,memory=1Gi"), 3, "not possible"),
    (("--beside", "/dev/null"), 3, "no object with pods"),
    (("--replicas", "0"), 3, "expected at least one pod"),
    (("--rollout", "2h"), 3, "not before the end of the replay at 20m"),
    (("--workload", "/nonexistent.yaml"), 3, "No such file"),
    (("deploy/web",), 3, "0 objects with pods called deployment/web"),
    (("--preset", "leak", "--set", "workload.web.memory.start=1Mi"), 3, "no container of"),
)  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "said"), BAD)
def test_bad_input_is_refused(
    files: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """Four parts, the documented exit code, and nothing on standard output."""
    outcome = simulate(files, *arguments)

    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_rollout_of_a_bare_pod_is_refused(tmp_path: Path) -> None:
    """Nobody would bring the pod back."""
    pod = {
        "kind": "Pod",
        "metadata": {"name": "x"},
        "spec": {"containers": [{"name": "a", "image": "b"}]},
    }
    outcome = holdfast("simulate", "-f", "-", "--rollout", "1m", stdin=json.dumps(pod).encode())

    assert outcome.code == 3
    assert "expected a Deployment, StatefulSet or DaemonSet" in outcome.err


def test_what_is_assumed_is_said(files: Path) -> None:
    """Ready without a readiness probe, and processes nobody described, are no findings."""
    out = " ".join(simulate(files).out.split())

    assert "no readinessProbe, so ready as soon as it runs: app" in out
    assert "nothing was said about the processes" in out


def test_unknown_version_is_said(files: Path) -> None:
    """A version that nobody has read is modelled as the nearest one, and says so."""
    out = simulate(files, "--kubernetes", "1.45").out

    assert "Kubernetes 1.45 is modelled as 1.36" in out


def test_time_limit(files: Path) -> None:
    """--timeout ends it with 124."""
    outcome = simulate(
        files, "--preset", "crash-loop", "--timeout", "0.5", length="300d", seeds=500
    )

    assert outcome.code == 124
    assert "--seeds" in outcome.err
