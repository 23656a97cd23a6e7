"""Whole scenarios for tests: a manifest, a workload, and what is around them."""

from typing import Any

from holdfast.cli.simulation_input import read_nodes
from holdfast.kubelet.behaviour import behaviour_of
from holdfast.model.node import KubernetesVersion
from holdfast.simulation.read_workload import read_workload
from holdfast.simulation.scenario import Scenario
from holdfast.simulation.subject import Subject, read_subject

BEHAVIOUR = behaviour_of(KubernetesVersion(1, 36))
READY = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 5}


def manifest(kind: str = "Deployment", replicas: int = 3, **container: Any) -> dict[str, Any]:
    """An owner of pods with one container called app."""
    app = {"name": "app", "image": "registry.example/api:1", "readinessProbe": READY, **container}
    spec = {"containers": [app]}
    if kind == "Pod":
        return {"kind": kind, "metadata": {"name": "api"}, "spec": spec}
    return {
        "kind": kind,
        "metadata": {"name": "api"},
        "spec": {"replicas": replicas, "template": {"spec": spec}},
    }


def subject(value: dict[str, Any]) -> Subject:
    """What a manifest asks for."""
    found = read_subject(value, BEHAVIOUR, "test")
    assert found is not None
    return found


def scenario(
    value: dict[str, Any],
    app: dict[str, Any] | None = None,
    *,
    seconds: float = 600.0,
    rollouts: tuple[float, ...] = (),
    nodes: tuple[str, ...] = (),
    requests: float = 0.0,
    dependencies: dict[str, Any] | None = None,
    beside: dict[str, tuple[dict[str, Any], dict[str, Any]]] | None = None,
) -> Scenario:
    """A scenario of ten minutes, unless a test needs another length.

    `beside` has a manifest and what its container does, by name of the neighbour.
    """
    neighbours = []
    containers = {"app": app or {}}
    for name, (other, does) in (beside or {}).items():
        neighbours.append(subject({**other, "metadata": {"name": name}}))
        containers[f"{name}/app"] = does
    document = {
        "apiVersion": "holdfast/v1",
        "kind": "Workload",
        "containers": containers,
        "dependencies": dependencies or {},
        "traffic": {"perSecond": requests},
    }
    return Scenario(
        subject=subject(value),
        neighbours=tuple(neighbours),
        workload=read_workload(document, "test"),
        behaviour=BEHAVIOUR,
        seconds=seconds,
        rollouts=rollouts,
        nodes=read_nodes(nodes),
    )
