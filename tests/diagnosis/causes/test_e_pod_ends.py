"""Ends of whole pods (E01-E04, E06-E10, E13, E16, E17): each one named by its own words only."""

from typing import Any

import pytest
from tests.diagnosis.cases import best, case, event, judge, object_event, terminated, waiting

from holdfast.model.verdict import Role

KILLED = terminated(137)
LOW = "The node was low on resource: {}. Threshold quantity: {}, available: {}. "
MEMORY = LOW.format("memory", "100Mi", "60Mi") + (
    "Container app was using 900Mi, request is 256Mi, has larger consumption of memory. "
)
DISK = LOW.format("ephemeral-storage", "5Gi", "4Gi")
SIZE_LIMIT = 'Usage of EmptyDir volume "cache" exceeds the limit "1Gi". '
SHUTDOWN = "Pod was terminated in response to imminent node shutdown."
DELETED = {"deletionTimestamp": "2026-11-23T08:21:00Z", "deletionGracePeriodSeconds": 30}
NODE: dict[str, Any] = {
    "metadata": {"name": "node-1"},
    "status": {"capacity": {"ephemeral-storage": "100Gi", "memory": "16Gi"}},
}


def pod(reason: str = "", message: str = "", **more: Any) -> dict[str, Any]:
    """The case of a pod that Failed as a whole."""
    status = {"phase": "Failed", "reason": reason, "message": message}
    return {"state": KILLED, "restarts": 0, "whole": True, "status": status, **more}


def disrupted(reason: str, phase: str = "Failed", **more: Any) -> dict[str, Any]:
    """The case of a pod with the condition DisruptionTarget."""
    condition = {"type": "DisruptionTarget", "status": "True", "reason": reason}
    status = {"phase": phase, "conditions": [condition]}
    return {"state": KILLED, "restarts": 0, "whole": True, "status": status, **more}


def tainted(key: str) -> dict[str, Any]:
    """A node with a taint."""
    return {**NODE, "spec": {"taints": [{"key": key, "effect": "NoSchedule"}]}}


NAMED = {
    "E01": pod("Evicted", MEMORY),
    "E01 refused under pressure": pod(
        "Evicted", "Pod was rejected: The node had condition: [MemoryPressure]. "
    ),
    "E02": pod("Evicted", DISK),
    "E02 inodes": pod("Evicted", LOW.format("inodes", "5%", "100")),
    "E03": pod(
        "Evicted", "Pod ephemeral local storage usage exceeds the total limit of containers 20Mi. "
    ),
    "E03 volume": pod("Evicted", SIZE_LIMIT),
    "E03 container": pod("Evicted", 'Container app exceeded its local ephemeral storage limit "1"'),
    "E03 event alone": pod(events=(event("Evicted", SIZE_LIMIT),)),
    "E04": pod("Evicted", LOW.format("pids", "10", "2")),
    "E06": disrupted("DeletionByTaintManager"),
    "E06 event": pod(
        events=(event("TaintManagerEviction", "Marking for deletion Pod default/api"),)
    ),
    "E07": disrupted("EvictionByEvictionAPI"),
    "E07 cordoned": pod(
        metadata=DELETED, nodes=({**NODE, "spec": {"unschedulable": True}},), status={}
    ),
    "E08": pod("Terminated", SHUTDOWN),
    "E08 spot": pod(
        events=(object_event("Node", "node-1", "SpotInterruption", "Spot interruption warning"),)
    ),
    "E09": pod(metadata=DELETED, events=(event("ScaleDown", "deleting pod for node scale down"),)),
    "E09 taint": pod(nodes=(tainted("karpenter.sh/disrupted"),)),
    "E10": disrupted("PreemptionByScheduler"),
    "E10 kubelet": pod("Preempting", "Preempted in order to admit critical pod"),
    "E13": pod(
        events=(
            event(
                "RemoveDuplicates",
                "pod evicted from node-1 node by sigs.k8s.io/descheduler",
                source={"component": "sigs.k8s.io/descheduler"},
            ),
        )
    ),
    "E16": pod("Evicted", LOW.format("ephemeral-storage", "60Gi", "55Gi"), nodes=(NODE,)),
    "E17": disrupted("DeletionByPodGC"),
}

REJECTED = {
    "E01 is disk": pod("Evicted", DISK),
    "E02 is the pod's own limit": pod("Evicted", SIZE_LIMIT),
    "E03 is the node's shortage": pod("Evicted", DISK),
    "E04 is memory": pod("Evicted", MEMORY),
    "E06 was cancelled": pod(
        events=(event("TaintManagerEviction", "Cancelling deletion of Pod default/api"),)
    ),
    "E07 names another reason": disrupted("DeletionByTaintManager"),
    "E07 only a cordoned node": {
        "last": terminated(1),
        "nodes": ({**NODE, "spec": {"unschedulable": True}},),
    },
    "E08 is an eviction": pod("Evicted", MEMORY),
    "E08 notice for a node whose pod still runs": {
        "last": terminated(1),
        "events": (object_event("Node", "node-1", "SpotInterruption", "Spot warning"),),
    },
    "E09 crashes on a node to be removed": {
        "last": terminated(1),
        "nodes": (tainted("karpenter.sh/disrupted"),),
    },
    "E10 is an eviction": pod("Evicted", MEMORY),
    "E13 is a drain": disrupted("EvictionByEvictionAPI"),
    "E16 is a real shortage": pod("Evicted", DISK, nodes=(NODE,)),
    "E16 capacity was not read": pod("Evicted", LOW.format("ephemeral-storage", "60Gi", "55Gi")),
    "E17 names another reason": disrupted("DeletionByTaintManager"),
}


@pytest.mark.parametrize("name", NAMED)
def test_end_of_pod_is_named(name: str) -> None:
    """The kubelet's or API's own words decide, and nothing outweighs them."""
    built = case(**NAMED[name])
    verdict = judge(name[:3], built)

    assert verdict is not None
    assert verdict.role is Role.CAUSE
    assert best(built) == name[:3]


@pytest.mark.parametrize("name", REJECTED)
def test_lookalike_is_rejected(name: str) -> None:
    """An end that belongs to a sibling cause, or to none, is not claimed."""
    assert judge(name[:3], case(**REJECTED[name])) is None


@pytest.mark.parametrize("name", ["E01", "E02", "E03", "E10 kubelet", "E08"])
def test_settled_pod_is_told_once(name: str) -> None:
    """The containers of a settled pod do not repeat what is told of the pod."""
    built = case(**{**NAMED[name], "whole": False})

    assert judge(name[:3], built) is None


def test_container_speaks_while_the_status_lags() -> None:
    """An Evicted event is told of the container too, before the pod's status has settled."""
    built = case(state=terminated(137), restarts=0, events=(event("Evicted", MEMORY),), status={})

    assert judge("E01", built) is not None


def test_eviction_carries_the_numbers_of_the_fix() -> None:
    """The usage that the message names is what a request must cover."""
    verdict = judge("E01", case(**NAMED["E01"]))

    assert verdict is not None
    assert verdict.parameters == {"container": "app", "used_bytes": 900.0 * 2**20}


def test_forks_that_fail_under_pid_pressure() -> None:
    """A running container that cannot fork is the node's fault only under PIDPressure."""
    words = "sh: fork: retry: Resource temporarily unavailable"
    pressure = {"type": "PIDPressure", "status": "True"}
    node = {**NODE, "status": {"conditions": [pressure]}}
    tight = case(last=terminated(1), log=words, nodes=(node,))

    assert judge("E04", tight) is not None
    assert judge("E04", case(last=terminated(1), log=words, nodes=(NODE,))) is None


def test_pending_container_is_no_eviction() -> None:
    """A container that only waits is no business of group E."""
    built = case(state=waiting("ContainerCreating"), restarts=0)

    assert [cause for cause in NAMED if judge(cause[:3], built) is not None] == []
