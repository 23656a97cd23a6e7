"""Ends that come from the node (E05, E11, E12, E14, E15): evidence of the node, never timing."""

from typing import Any

import pytest
from tests.diagnosis.cases import best, case, event, judge, neighbour, object_event, terminated

from holdfast.model.verdict import Role

LOST = terminated(255, "Unknown")
UNKNOWN = terminated(137, "ContainerStatusUnknown")
CHANGED = "Container {} definition changed, will be restarted"
OWNER = [{"kind": "ReplicaSet", "name": "rs-api", "uid": "o-api", "controller": True}]
REBOOTED = object_event(
    "Node",
    "node-1",
    "Rebooted",
    "Node node-1 has been rebooted, boot id: 1",
    lastTimestamp="2026-11-23T08:23:00Z",
)


def neighbours(last: dict[str, Any], count: int = 3) -> tuple[dict[str, Any], ...]:
    """Pods of other owners on the same node, with this last state."""
    return tuple(neighbour(f"n{number}", last) for number in range(count))


def changed(name: str) -> dict[str, Any]:
    """A Killing event of another pod whose definition seemed changed."""
    involved = {"kind": "Pod", "namespace": "default", "name": name, "uid": f"u-{name}"}
    return {**event("Killing", CHANGED.format("main")), "involvedObject": involved}


def node(condition: str, status: str = "True", message: str = "") -> dict[str, Any]:
    """node-1 with one condition."""
    conditions = [{"type": condition, "status": status, "message": message}]
    return {"metadata": {"name": "node-1"}, "status": {"conditions": conditions}}


NAMED: dict[str, dict[str, Any]] = {
    "E05": {"last": LOST, "other_pods": neighbours(LOST), "events": (REBOOTED,)},
    "E05 without events": {"last": LOST, "other_pods": neighbours(LOST)},
    "E05 alone": {"last": LOST},
    "E05 ended in order before the reboot": {
        "last": terminated(0),
        "events": (REBOOTED, event("SandboxChanged", "Pod sandbox changed")),
    },
    "E05 stopped by the shutdown": {"last": terminated(143), "events": (REBOOTED,)},
    "E11": {"last": UNKNOWN, "other_pods": neighbours(UNKNOWN)},
    "E11 runtime unreachable": {
        "last": UNKNOWN,
        "events": (
            event("FailedSync", "rpc error: ... containerd.sock: connect: connection refused"),
        ),
    },
    "E11 runtime restarted": {
        "last": LOST,
        "events": (object_event("Node", "node-1", "ContainerdStart", "Starting containerd"),),
    },
    "E12": {
        "last": terminated(143),
        "events": (
            event("Killing", CHANGED.format("app")),
            *(changed(f"n{number}") for number in range(3)),
            object_event("Node", "node-1", "Starting", "Starting kubelet."),
        ),
        "other_pods": neighbours(terminated(143)),
        "metadata": {"ownerReferences": OWNER},
    },
    "E14": {"last": terminated(135), "nodes": (node("ReadonlyFilesystem"),)},
    "E14 kernel log": {
        "last": terminated(137),
        "node_log": "INFO: task postgres:812 blocked for more than 120 seconds.",
    },
    "E14 event": {
        "last": terminated(139),
        "events": (object_event("Node", "node-1", "IOError", "Buffer I/O error on dev sda"),),
    },
    "E15": {
        "last": terminated(143),
        "nodes": (node("Ready", "False", "kubelet: x509: certificate has expired"),),
    },
}

REJECTED: dict[str, dict[str, Any]] = {
    "E05 crash loops that coincide": {
        "last": terminated(1),
        "other_pods": neighbours(terminated(1), 8),
    },
    "E05 crash that happens near a reboot": {"last": terminated(1), "events": (REBOOTED,)},
    "E05 stopped by a probe": {
        "last": LOST,
        "events": (event("Killing", "Container app failed liveness probe, will be restarted"),),
    },
    "E11 plain 137": {"last": terminated(137), "other_pods": neighbours(terminated(137))},
    "E11 lost with the host only": {"last": LOST},
    "E11 evicted pod": {
        "state": UNKNOWN,
        "restarts": 0,
        "status": {"phase": "Failed", "reason": "Evicted", "message": "low on resource: memory"},
    },
    "E12 one workload": {
        "last": terminated(143),
        "events": (event("Killing", CHANGED.format("app")),),
    },
    "E14 crash on a sound node": {"last": terminated(139), "nodes": (node("Ready"),)},
    "E15 node merely away": {
        "last": terminated(143),
        "nodes": (node("Ready", "Unknown", "Kubelet stopped posting node status."),),
    },
    "E15 registry refuses": {
        "last": {},
        "events": (event("Failed", "Failed to pull image: 401 Unauthorized"),),
    },
}


@pytest.mark.parametrize("name", NAMED)
def test_node_is_named(name: str) -> None:
    """Evidence of the node leads to the node, and wins over the container's exit code."""
    built = case(**NAMED[name])
    verdict = judge(name[:3], built)

    assert verdict is not None
    assert verdict.role is Role.CAUSE
    assert best(built) == name[:3]


@pytest.mark.parametrize("name", REJECTED)
def test_lookalike_is_rejected(name: str) -> None:
    """Ends at one time, 137 and a single workload are no evidence of a node."""
    assert judge(name[:3], case(**REJECTED[name])) is None


def test_reboot_outweighs_runtime() -> None:
    """With a reported reboot, containers the kubelet lost belong to the host."""
    other_pods = neighbours(UNKNOWN)
    alone = judge("E11", case(last=UNKNOWN, other_pods=other_pods))
    rebooted = judge("E11", case(last=UNKNOWN, other_pods=other_pods, events=(REBOOTED,)))

    assert alone is not None
    assert rebooted is not None
    assert rebooted.score < alone.score


def test_replicas_elsewhere_decide_about_the_node() -> None:
    """A fault that follows the program to other nodes is not the node's."""
    owner = [{"kind": "ReplicaSet", "name": "rs", "uid": "o-rs", "controller": True}]
    sick = neighbour("r1", terminated(139), node="node-2")
    well = neighbour("r2", {}, node="node-2")
    for pod in (sick, well):
        pod["metadata"]["ownerReferences"] = owner
    well["status"]["containerStatuses"][0]["restartCount"] = 0
    given: dict[str, Any] = {
        "last": terminated(139),
        "nodes": (node("KernelDeadlock"),),
        "metadata": {"ownerReferences": owner},
    }
    stays = judge("E14", case(**given, other_pods=(well,)))
    follows = judge("E14", case(**given, other_pods=(sick,)))

    assert stays is not None
    assert follows is not None
    assert stays.score > follows.score


def test_clock_alone_is_no_cause() -> None:
    """A clock that was set back stands beside the cause, it ends nothing."""
    backwards = terminated(1, started="2026-11-23T08:20:30Z", finished="2026-11-23T08:20:00Z")
    verdict = judge("E15", case(last=backwards))

    assert verdict is not None
    assert verdict.role is Role.CONTRIBUTING
