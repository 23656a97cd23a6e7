"""Processes and probes for tests, written as workload documents."""

from typing import Any

import msgspec

from holdfast.kubelet.behaviour import behaviour_of
from holdfast.model.container import Container, Probe, Resources
from holdfast.model.node import KubernetesVersion
from holdfast.simulation.process import Process, Surroundings
from holdfast.simulation.read_workload import read_workload
from holdfast.simulation.workload import Workload

STARTED = 100.0


def workload(document: dict[str, Any], **rest: Any) -> Workload:
    """A workload of one container called app."""
    head = {"apiVersion": "holdfast/v1", "kind": "Workload"}
    return read_workload({**head, "containers": {"app": document}, **rest}, "test")


def process(
    document: dict[str, Any],
    *,
    limits: dict[str, str | int | float] | None = None,
    ports: tuple[dict[str, Any], ...] = (),
    dependencies: dict[str, Any] | None = None,
    life: int = 0,
    chance: float = 0.3,
    cgroup_v1: bool = False,
    version: str = "1.36",
    lifecycle: dict[str, Any] | None = None,
) -> Process:
    """A process that starts at STARTED."""
    work = workload(document, dependencies=dependencies or {})
    spec = msgspec.convert({"name": "app", "ports": list(ports), "lifecycle": lifecycle}, Container)
    if limits:
        spec = msgspec.structs.replace(spec, resources=Resources(limits=limits))
    minor = int(version.split(".")[1])
    surroundings = Surroundings(
        dependencies=work.dependencies,
        behaviour=behaviour_of(KubernetesVersion(1, minor)),
        cgroup_v1=cgroup_v1,
    )
    app = work.containers["app"]
    return Process(app, spec, STARTED, life, lambda _: chance, surroundings)


def probe(**fields: Any) -> Probe:
    """A probe as a manifest writes it."""
    return msgspec.convert(fields, Probe)


HEALTH = probe(httpGet={"port": 8080, "path": "/health"})
TCP = probe(tcpSocket={"port": 8080})
GRPC = probe(grpc={"port": 8080}, timeoutSeconds=2)
CAT = probe(exec={"command": ["cat", "/tmp/ok"]})
