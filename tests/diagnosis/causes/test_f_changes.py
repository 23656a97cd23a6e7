"""Controllers and people (F01-F06, F10, F14, F16-F18): changes and replacements, not crashes."""

from typing import Any

import pytest
from tests.diagnosis.cases import best, case, event, judge, neighbour, object_event, terminated

from holdfast.model.verdict import Role

RS = [{"kind": "ReplicaSet", "name": "api-2", "uid": "rs-2", "controller": True}]
JOB = [{"kind": "Job", "name": "load", "uid": "j", "controller": True}]
SET = [{"kind": "StatefulSet", "name": "db", "uid": "s", "controller": True}]
CHANGED = event("Killing", "Container app definition changed, will be restarted")
RESIZED = event("Killing", "Container app resize requires restart")
LEAVING = {"deletionTimestamp": "2026-11-23T08:21:00Z", "deletionGracePeriodSeconds": 30}
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


def replica_set(name: str, uid: str, created: str) -> dict[str, Any]:
    """A ReplicaSet of Deployment api."""
    owner = [{"kind": "Deployment", "name": "api", "uid": "d", "controller": True}]
    metadata = {"name": name, "uid": uid, "creationTimestamp": created, "ownerReferences": owner}
    return {"kind": "ReplicaSet", "metadata": {**metadata, "namespace": "default"}}


def deployment(template: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Deployment api with a template."""
    metadata = {"name": "api", "namespace": "default", "uid": "d", **more.pop("metadata", {})}
    spec = {"template": template or {"spec": {"containers": []}}, **more}
    return {"kind": "Deployment", "metadata": metadata, "spec": spec}


OLD = replica_set("api-1", "rs-1", "2026-11-22T08:00:00Z")
NEW = replica_set("api-2", "rs-2", "2026-11-23T08:00:00Z")


def older_pod(restarts: int) -> dict[str, Any]:
    """A pod of the older revision."""
    pod = neighbour("api-old", {})
    pod["metadata"]["ownerReferences"] = [
        {"kind": "ReplicaSet", "name": "api-1", "uid": "rs-1", "controller": True}
    ]
    pod["status"]["containerStatuses"][0]["restartCount"] = restarts
    return pod


def scaled(*texts: str, count: int = 1) -> tuple[dict[str, Any], ...]:
    """ScalingReplicaSet events of Deployment api, a minute apart."""
    return tuple(
        object_event(
            "Deployment",
            "api",
            "ScalingReplicaSet",
            text,
            count=count,
            firstTimestamp=f"2026-11-23T08:{10 + place}:00Z",
            lastTimestamp=f"2026-11-23T08:{10 + place}:00Z",
        )
        for place, text in enumerate(texts)
    )


def asked(**container: Any) -> dict[str, Any]:
    """A template whose container app is as given."""
    image = "registry.example/app:1.2.3"
    return {"spec": {"containers": [{"name": "app", "image": image, **container}]}}


def memory(amount: str) -> dict[str, Any]:
    """Resources with a memory limit."""
    return {"resources": {"limits": {"memory": amount}, "requests": {"memory": amount}}}


def job(reason: str) -> dict[str, Any]:
    """Job load, failed for a reason."""
    return {
        "kind": "Job",
        "metadata": {"name": "load", "namespace": "default", "uid": "j"},
        "spec": {"activeDeadlineSeconds": 600, "backoffLimit": 6},
        "status": {"conditions": [{"type": "Failed", "status": "True", "reason": reason}]},
    }


STATIC = {"kubernetes.io/config.source": "file"}
SEEN = {**STATIC, "kubernetes.io/config.seen": "2026-11-23T08:20:50Z"}
BY_REVISION = {"metadata": {"ownerReferences": RS}, "workloads": (OLD, NEW, deployment())}
MOVING: dict[str, Any] = {"last": terminated(143), "restarts": 0, "whole": True}
FAILED = {"state": terminated(143), "restarts": 0, "whole": True}
DELETED_BY_SET = object_event(
    "StatefulSet", "db", "SuccessfulDelete", "delete Pod api in StatefulSet db successful"
)
FORBIDDEN = object_event(
    "ReplicaSet", "api-2", "FailedCreate", 'pods "api-2-" is forbidden: exceeded quota: compute'
)

CAUSES: dict[str, dict[str, Any]] = {
    "F01": {"last": terminated(0), "events": (CHANGED,)},
    "F02": {
        **MOVING,
        "metadata": {**LEAVING, "ownerReferences": RS},
        "workloads": (
            NEW,
            deployment({"metadata": {"annotations": {RESTARTED_AT: "2026-11-23T08:20:00Z"}}}),
        ),
    },
    "F04": {"last": terminated(143), "events": (RESIZED,)},
    "F04 evicted": {
        **FAILED,
        "events": (event("EvictedByVPA", "Pod was evicted by VPA Updater to apply resources"),),
    },
    "F05": {
        **MOVING,
        "metadata": {**LEAVING, "ownerReferences": RS},
        "workloads": (NEW, deployment()),
        "events": scaled(
            "Scaled up replica set api-2 from 2 to 6",
            "Scaled down replica set api-2 from 6 to 2",
            count=3,
        ),
    },
    "F06": {**FAILED, "status": {"phase": "Failed", "reason": "DeadlineExceeded"}},
    "F06 of the Job": {
        **FAILED,
        "status": {"phase": "Failed"},
        "metadata": {"ownerReferences": JOB},
        "workloads": (job("DeadlineExceeded"),),
    },
    "F10": {
        **MOVING,
        "metadata": {**LEAVING, "ownerReferences": RS},
        "workloads": (OLD, NEW, deployment()),
        "events": scaled(*(f"Scaled up replica set api-{1 + n % 2} to 1" for n in range(5))),
    },
    "F14": {
        "last": terminated(143),
        "metadata": {"annotations": SEEN},
        "events": (event("Killing", "Stopping container app"),),
    },
    "F14 without events": {"last": terminated(143), "metadata": {"annotations": SEEN}},
    "F16": {
        "container": memory("64Mi"),
        "last": terminated(137, "OOMKilled"),
        "metadata": {"ownerReferences": RS},
        "workloads": (NEW, deployment(asked(**memory("1Gi")))),
    },
    "F18": {**MOVING, "metadata": {**LEAVING, "ownerReferences": SET}, "events": (DELETED_BY_SET,)},
}

BESIDE: dict[str, dict[str, Any]] = {
    "F01": {**BY_REVISION, "last": terminated(1), "other_pods": (older_pod(0),)},
    "F02": {
        "last": terminated(1),
        "metadata": {"annotations": {RESTARTED_AT: "2026-11-23T07:59:30Z"}},
    },
    "F03": {
        "last": terminated(1),
        "container": {"env": [{"name": "STAKATER_API_CONFIGMAP", "value": "s"}]},
    },
    "F06": {
        **FAILED,
        "status": {"phase": "Failed"},
        "metadata": {"ownerReferences": JOB},
        "workloads": (job("BackoffLimitExceeded"),),
    },
    "F10": {
        "last": terminated(1),
        "metadata": {"ownerReferences": RS},
        "workloads": (
            NEW,
            deployment(
                metadata={
                    "generation": 40,
                    "creationTimestamp": "2026-11-23T06:30:00Z",
                    "managedFields": [
                        {"manager": "argocd-controller", "operation": "Apply"},
                        {"manager": "scaler", "operation": "Update"},
                    ],
                }
            ),
        ),
    },
    "F16": {
        "last": terminated(1),
        "metadata": {"ownerReferences": RS},
        "container": {"env": [{"name": "HTTP_PROXY", "value": "http://secret"}]},
        "workloads": (NEW, deployment(asked())),
    },
    "F17": {
        **FAILED,
        "status": {"phase": "Failed", "reason": "Evicted"},
        "metadata": {"ownerReferences": RS},
        "events": (FORBIDDEN,),
    },
}

REJECTED: dict[str, dict[str, Any]] = {
    "F01 both revisions fail": {
        **BY_REVISION,
        "last": terminated(1),
        "other_pods": (older_pod(7),),
    },
    "F01 back-off alone": {"last": terminated(1), "events": (event("BackOff", "Back-off"),)},
    "F02 created long after": {
        "last": terminated(1),
        "metadata": {"annotations": {RESTARTED_AT: "2026-11-20T08:00:00Z"}},
    },
    "F04 drained": {**FAILED, "events": (event("Evicted", "drained"),)},
    "F05 scaled once": {
        **MOVING,
        "metadata": {**LEAVING, "ownerReferences": RS},
        "events": scaled("Scaled down replica set api-2 from 6 to 2"),
    },
    "F06 crash of a Job's pod": {
        "last": terminated(1),
        "metadata": {"ownerReferences": JOB},
        "workloads": (job("Other"),),
    },
    "F10 a release": {
        "last": terminated(1),
        "metadata": {"ownerReferences": RS},
        "workloads": (OLD, NEW, deployment(metadata={"generation": 3})),
        "events": scaled("Scaled up replica set api-1 to 1", "Scaled up replica set api-2 to 1"),
    },
    "F14 crash of a static pod": {
        "last": terminated(1),
        "metadata": {
            "annotations": {**STATIC, "kubernetes.io/config.seen": "2026-11-20T08:00:00Z"}
        },
    },
    "F14 no static pod": {"last": terminated(143)},
    "F16 as in the template": {
        "container": memory("64Mi"),
        "last": terminated(137, "OOMKilled"),
        "metadata": {"ownerReferences": RS},
        "workloads": (NEW, deployment(asked(**memory("64Mi")))),
    },
    "F17 runs": {
        "last": terminated(1),
        "metadata": {"ownerReferences": RS},
        "events": (FORBIDDEN,),
    },
    "F18 crash": {"last": terminated(1), "metadata": {"ownerReferences": SET}},
}


@pytest.mark.parametrize("name", CAUSES)
def test_change_is_named(name: str) -> None:
    """What a controller or person did is named, and wins over the exit code it caused."""
    built = case(**CAUSES[name])
    verdict = judge(name[:3], built)

    assert verdict is not None
    assert verdict.role is Role.CAUSE
    assert best(built) == name[:3]


@pytest.mark.parametrize("name", BESIDE)
def test_change_stands_beside_the_crash(name: str) -> None:
    """A change that explains when, but not why, never takes the place of the cause."""
    verdict = judge(name[:3], case(**BESIDE[name]))

    assert verdict is not None
    assert verdict.role is Role.CONTRIBUTING
    assert verdict.score > 0


@pytest.mark.parametrize("name", REJECTED)
def test_lookalike_is_rejected(name: str) -> None:
    """Without evidence of a change, a crash stays a crash."""
    assert judge(name[:3], case(**REJECTED[name])) is None


def test_kubelet_upgrade_weakens_an_edit() -> None:
    """ "definition changed" of a neighbour with another owner points to the kubelet."""
    involved = {"kind": "Pod", "namespace": "default", "name": "n1", "uid": "u-n1"}
    other = {**CHANGED, "involvedObject": involved}
    pods = (neighbour("n1", terminated(143)),)
    alone = judge("F01", case(last=terminated(0), events=(CHANGED,), other_pods=pods))
    both = judge("F01", case(last=terminated(0), events=(CHANGED, other), other_pods=pods))

    assert alone is not None
    assert both is not None
    assert both.score < alone.score


def test_difference_names_the_variable_and_hides_its_value() -> None:
    """A changed variable is named, and its value, which may be a secret, is not printed."""
    verdict = judge("F16", case(**BESIDE["F16"]))

    assert verdict is not None
    told = verdict.summary + " ".join(fact.text for fact in verdict.evidence_for)
    assert "variable HTTP_PROXY" in told
    assert "secret" not in told
