"""Impossible manifests and workloads, refused by `simulate` and `prove` with the path of the field.

Manifests are refused as the API server would (kubelet.md 1.1, 2.2, 4, 7), workloads as
docs/workloads.md says.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.command import Outcome, holdfast

PROBE = {"httpGet": {"path": "/health", "port": 8080}}
LIVE = "spec.containers[0].livenessProbe"
MANIFESTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"livenessProbe": {**PROBE, "periodSeconds": -5}}, f"{LIVE}.periodSeconds"),
    ({"livenessProbe": {**PROBE, "timeoutSeconds": -1}}, f"{LIVE}.timeoutSeconds"),
    ({"livenessProbe": {**PROBE, "failureThreshold": -3}}, f"{LIVE}.failureThreshold"),
    ({"livenessProbe": {**PROBE, "initialDelaySeconds": -1}}, f"{LIVE}.initialDelaySeconds"),
    ({"livenessProbe": {**PROBE, "successThreshold": 2}}, f"{LIVE}.successThreshold"),
    ({"livenessProbe": {**PROBE, "periodSeconds": 2**40}}, "periodSeconds"),
    ({"livenessProbe": {}}, LIVE),
    ({"livenessProbe": {**PROBE, "exec": {"command": ["x"]}}}, LIVE),
    (
        {"livenessProbe": {**PROBE, "terminationGracePeriodSeconds": 0}},
        f"{LIVE}.terminationGracePeriodSeconds",
    ),
    (
        {"readinessProbe": {**PROBE, "terminationGracePeriodSeconds": 5}},
        "spec.containers[0].readinessProbe.terminationGracePeriodSeconds",
    ),
    ({"livenessProbe": {"httpGet": {"port": 0}}}, f"{LIVE}.httpGet.port"),
    ({"livenessProbe": {"tcpSocket": {"port": 70000}}}, f"{LIVE}.tcpSocket.port"),
    (
        {"lifecycle": {"preStop": {"sleep": {"seconds": 31}}}},
        "spec.containers[0].lifecycle.preStop.sleep",
    ),
    (
        {"resources": {"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}}},
        "spec.containers[0].resources.requests",
    ),
    ({"resources": {"limits": {"memory": "-1Gi"}}}, "spec.containers[0].resources.limits"),
    ({"resources": {"limits": {"memory": "lots"}}}, "spec.containers[0].resources.limits"),
    ({"name": "Not_A_Name"}, "spec.containers[0].name"),
    ({"image": ""}, "spec.containers[0].image"),
    ({"restartPolicy": "Sometimes"}, "spec.containers[0].restartPolicy"),
)
PODS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"terminationGracePeriodSeconds": -1}, "spec.terminationGracePeriodSeconds"),
    ({"restartPolicy": "Sometimes"}, "spec.restartPolicy"),
    ({"activeDeadlineSeconds": 0}, "spec.activeDeadlineSeconds"),
    (
        {"initContainers": [{"name": "init", "image": "x:1", "readinessProbe": PROBE}]},
        "spec.initContainers[0].readinessProbe",
    ),
)
APP = "containers[app]"
WORKLOADS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"containers": {"app": {"start": {"wall": "-5s"}}}}, "containers[app].start.wall"),
    ({"containers": {"app": {"start": {"wall": "100000d"}}}}, "containers[app].start.wall"),
    ({"containers": {"app": {"start": {"wall": 5}}}}, "containers[app].start.wall"),
    ({"containers": {"app": {"latency": {"min": "2s", "max": "1s"}}}}, f"{APP}.latency"),
    ({"containers": {"app": {"latency": {"median": "0s", "p99": "1s"}}}}, f"{APP}.latency"),
    ({"containers": {"app": {"latency": []}}}, f"{APP}.latency"),
    (
        {"containers": {"app": {"stuck": [{"from": "1m", "every": "0s", "for": "1s"}]}}},
        f"{APP}.stuck[0]",
    ),
    ({"containers": {"app": {"stuck": [{"from": "2m", "to": "1m"}]}}}, f"{APP}.stuck[0].to"),
    (
        {"containers": {"app": {"pauses": {"every": "0s", "for": "1s"}}}},
        f"{APP}.pauses.every",
    ),
    (
        {"containers": {"app": {"memory": {"garbage": {"amount": "1Mi", "every": "0s"}}}}},
        f"{APP}.memory.garbage.every",
    ),
    (
        {"containers": {"app": {"memory": {"growth": {"rate": "-1Mi/s"}}}}},
        f"{APP}.memory.growth.rate",
    ),
    ({"containers": {"app": {"memory": {"start": "1e30"}}}}, f"{APP}.memory.start"),
    (
        {"containers": {"app": {"disk": {"layer": {"start": "2Mi", "most": "1Mi"}}}}},
        f"{APP}.disk.layer.most",
    ),
    (
        {"containers": {"app": {"disk": {"emptyDirs": {"gone": {"start": "2Mi"}}}}}},
        f"{APP}.disk.emptyDirs[gone]",
    ),
    ({"containers": {"app": {"exits": [{"code": 256}]}}}, f"{APP}.exits[0].code"),
    ({"containers": {"app": {"cpu": {"demand": [{"cores": -1}]}}}}, f"{APP}.cpu.demand[0].cores"),
    ({"containers": {"app": {"needs": {"db": {}}}}}, f"{APP}.needs[db]"),
    ({"dependencies": {"db": {"needs": ["db"]}}}, "dependencies[db].needs"),
    (
        {"dependencies": {"a": {"needs": ["b"]}, "b": {"needs": ["a"]}}},
        "].needs",
    ),
    ({"traffic": {"perSecond": -1}}, "traffic.perSecond"),
    ({"containers": {"app": {"startup": {}}}}, APP),
    ({"containers": {"ap": {}}}, "containers[ap]"),
)


def simulate(manifest: Path, workload: Path) -> Outcome:
    """One pod, replayed for a short time."""
    return holdfast(
        "simulate", "-f", str(manifest), "--workload", str(workload), "--seeds", "2", "--for", "1m"
    )


def prove(manifest: Path, workload: Path) -> Outcome:
    """The same manifest twice: as it is, and as it is to be."""
    twice = ("-f", str(manifest), "-f", str(manifest))
    return holdfast("prove", *twice, "--workload", str(workload), "--seeds", "2", "--for", "1m")


def write(path: Path, value: dict[str, Any]) -> Path:
    """A file with one document."""
    path.write_text(yaml.safe_dump(value), encoding="utf-8")
    return path


def refusals(
    folder: Path, container: dict[str, Any], pod: dict[str, Any], work: dict[str, Any]
) -> list[Outcome]:
    """What both commands say."""
    app = {"name": "app", "image": "api:1", **container}
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "api"},
        "spec": {"containers": [app], **pod},
    }
    head = {"apiVersion": "holdfast/v1", "kind": "Workload"}
    files = write(folder / "pod.yaml", manifest), write(folder / "w.yaml", {**head, **work})
    return [command(*files) for command in (simulate, prove)]


def check(outcomes: list[Outcome], where: str) -> None:
    """Refused by both, with the path, and nothing on standard output."""
    for outcome in outcomes:
        assert outcome.code == 3, outcome.err
        assert outcome.out == ""
        assert where in " ".join(outcome.err.split())
        assert "Traceback" not in outcome.err


@pytest.mark.parametrize(("container", "where"), MANIFESTS)
def test_impossible_container_is_refused(
    tmp_path: Path, container: dict[str, Any], where: str
) -> None:
    """What no API server would store cannot be replayed either."""
    check(refusals(tmp_path, container, {}, {}), where)


@pytest.mark.parametrize(("pod", "where"), PODS)
def test_impossible_pod_is_refused(tmp_path: Path, pod: dict[str, Any], where: str) -> None:
    """The same for the pod as a whole."""
    check(refusals(tmp_path, {}, pod, {}), where)


@pytest.mark.parametrize(("work", "where"), WORKLOADS)
def test_impossible_workload_is_refused(tmp_path: Path, work: dict[str, Any], where: str) -> None:
    """Negative and absurd numbers, periods of nothing, circles and unknown names."""
    check(refusals(tmp_path, {}, {}, work), where)
