"""Pods that cannot be started as a whole (B06, B07, B09, B10, B14, B17), by events and status."""

from typing import Any

import pytest
from tests.diagnosis.cases import (
    best,
    case,
    event,
    judge,
    object_event,
    running,
    terminated,
    waiting,
)

from holdfast.model.verdict import Role

CREATING = waiting("ContainerCreating")
OWNER = {"kind": "ReplicaSet", "name": "api-7d9", "uid": "o-1", "controller": True}


def stuck(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A pod as a whole whose container waits to be created."""
    status = {"phase": "Pending"}
    return {
        "whole": True, "state": CREATING, "restarts": 0, "status": status, "events": events, **more,
    }  # fmt: skip


def rejected(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    """A pod that Failed with a reason, none of whose containers ran."""
    status = {"phase": "Failed", "reason": reason, "message": message, "containerStatuses": []}
    return {"whole": True, "status": status, "restarts": 0, **more}


def left(message: str, **more: Any) -> dict[str, Any]:
    """A failed pod whose ReplicaSet cannot create another one."""
    refusal = object_event("ReplicaSet", "api-7d9", "FailedCreate", message, count=12)
    return {
        "whole": True,
        "status": {"phase": "Failed"},
        "state": terminated(1),
        "restarts": 0,
        "metadata": {"ownerReferences": [OWNER]},
        "events": (refusal,),
        **more,
    }


MOUNT = 'MountVolume.SetUp failed for volume "{}" : {}'
SANDBOX = "Failed to create pod sandbox: rpc error: code = Unknown desc = "
CNI = SANDBOX + 'failed to setup network for sandbox "1f": plugin type="calico" failed (add): {}'
MULTI = 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) db-0'
INIT_OOM = SANDBOX + "container init was OOM-killed (memory limit too low?)"
QUOTA = 'Error creating: pods "api-1" is forbidden: exceeded quota: compute'

NAMED = {
    "B06 ConfigMap": stuck(event("FailedMount", MOUNT.format("cfg", 'configmap "cfg" not found'))),
    "B06 key": stuck(
        event("FailedMount", MOUNT.format("tls", "references non-existent secret key: tls.crt"))
    ),
    "B06 unknown": stuck(
        event(
            "FailedMount", "Unable to attach or mount volumes: unmounted volumes=[data], timed out"
        )
    ),
    "B06 subPath": {
        "state": waiting(
            "CreateContainerConfigError", 'failed to prepare subPath for volumeMount "data"'
        ),
        "restarts": 0,
        "status": {"phase": "Pending"},
    },
    "B06 again": {
        "state": CREATING,
        "last": terminated(255, "Unknown"),
        "events": (event("FailedMount", MOUNT.format("s", 'secret "s" not found')),),
    },
    "B07 multi-attach": stuck(event("FailedAttachVolume", MULTI)),
    "B07 other": stuck(
        event("FailedAttachVolume", 'AttachVolume.Attach failed for volume "pvc-1"')
    ),
    "B09 sandbox": stuck(
        event("FailedCreatePodSandBox", INIT_OOM),
        container={"resources": {"limits": {"memory": "400m"}}},
    ),
    "B09 container": {
        "last": terminated(
            128, "StartError", message="container init was OOM-killed (memory limit too low?)"
        ),
        "container": {"resources": {"limits": {"memory": "4Mi"}}},
    },
    "B09 docker": {
        "state": waiting("CreateContainerError", "Minimum memory limit allowed is 6MB"),
        "restarts": 0,
        "container": {"resources": {"limits": {"memory": "4M"}}},
    },
    "B10 plugin": stuck(event("FailedCreatePodSandBox", CNI.format("connection is unauthorized"))),
    "B10 addresses": stuck(
        event("FailedCreatePodSandBox", CNI.format("failed to assign an IP address to container"))
    ),
    "B10 not ready": stuck(event("NetworkNotReady", "network is not ready: cni not initialized")),
    "B10 loop": {
        "last": terminated(0),
        "events": (event("SandboxChanged", "Pod sandbox changed, it will be killed", count=9),),
        "restarts": 9,
    },
    "B13 sandbox name": stuck(
        event("FailedCreatePodSandBox", SANDBOX + 'name "api_default" is reserved for "9c"')
    ),
    "B14 cpu": rejected("OutOfcpu", "Pod was rejected: Node didn't have enough resource: cpu"),
    "B14 device": rejected("UnexpectedAdmissionError", "Allocate failed due to no healthy devices"),
    "B14 affinity": rejected("NodeAffinity", "Predicate NodeAffinity failed"),
    "B14 shutdown": rejected("NodeShutdown", "Pod was rejected: node is shutting down"),
    "B17 quota": left(QUOTA),
    "B17 webhook": left(
        'Internal error occurred: failed calling webhook "a.example": no endpoints'
    ),
}

LOOKALIKES = {
    "B06 attach": stuck(event("FailedAttachVolume", MULTI), event("FailedMount", "timed out")),
    "B06 cache": stuck(event("FailedMount", 'object "default"/"ca" not registered')),
    "B06 runs now": {
        "whole": True, "state": running(), "restarts": 0, "ready": True,
        "events": (event("FailedMount", MOUNT.format("s", 'secret "s" not found')),),
    },
    "B07 missing": stuck(event("FailedMount", MOUNT.format("c", 'configmap "c" not found'))),
    "B07 not scheduled": stuck(
        event("FailedScheduling", "0/3 nodes are available: 3 had volume node affinity conflict"),
        spec={"nodeName": ""},
    ),
    "B09 started": {
        "last": terminated(137, "OOMKilled"),
        "container": {"resources": {"limits": {"memory": "64Mi"}}},
    },
    "B10 memory": stuck(event("FailedCreatePodSandBox", INIT_OOM)),
    "B10 once": {"last": terminated(1), "events": (event("SandboxChanged", "Pod changed"),)},
    "B14 evicted": rejected("Evicted", "The node was low on resource: memory."),
    "B14 failed": rejected("", "job failed"),
    "B17 running": {**left(QUOTA), "status": {"phase": "Running"}, "state": running()},
    "B17 older": {
        **left(QUOTA),
        "events": (
            object_event(
                "ReplicaSet", "api-7d9", "FailedCreate", QUOTA, lastTimestamp="2026-11-23T07:00:00Z"
            ),
        ),
        "whole": False,
        "state": terminated(1),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_pod_that_cannot_start_is_named(name: str) -> None:
    """Each way in which a pod as a whole does not start leads the list on its own evidence."""
    built = case(**NAMED[name])
    verdict = judge(name[:3], built)

    assert best(built) == name[:3]
    assert verdict is not None
    assert verdict.summary


@pytest.mark.parametrize("name", LOOKALIKES)
def test_lookalike_is_not_named(name: str) -> None:
    """A neighbouring reason, an old event or a running pod does not make it the answer."""
    assert best(case(**LOOKALIKES[name])) != name[:3]


@pytest.mark.parametrize("name", ["B06 ConfigMap", "B07 multi-attach", "B10 plugin"])
def test_container_that_waits_tells_the_same(name: str) -> None:
    """Whoever asks about the container gets the answer of its pod."""
    pod = judge(name[:3], case(**NAMED[name]))
    container = judge(name[:3], case(**{**NAMED[name], "whole": False}))

    assert pod is not None
    assert container is not None
    assert container.summary == pod.summary


def test_pod_that_ran_was_not_rejected() -> None:
    """A pod with an ended life was admitted: group E explains it."""
    status = {"phase": "Failed", "reason": "NodeShutdown", "message": "node is shutting down"}
    built = case(whole=True, status=status, state=terminated(137), restarts=0)

    assert best(built) != "B14"


def test_missing_replacement_stands_beside_the_end() -> None:
    """What ended the pod and why none followed are two answers."""
    verdict = judge("B17", case(**left(QUOTA)))

    assert verdict is not None
    assert verdict.role is Role.CONTRIBUTING
    assert "quota" in verdict.summary


def test_smallest_limit_of_the_pod_is_named() -> None:
    """A slip of the unit is found wherever in the pod it is."""
    verdict = judge("B09", case(**NAMED["B09 sandbox"]))

    assert verdict is not None
    assert verdict.parameters == {"limit_bytes": 1.0, "container": "app"}
