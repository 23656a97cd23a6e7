"""Containers that cannot be started (B01-B05, B08, B11-B13, B15, B16, B18), by what was said."""

from typing import Any

import pytest
from tests.diagnosis.cases import best, case, event, judge, running, terminated, waiting

from holdfast.diagnosis.catalogue import signatures
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.context import Context
from holdfast.model.evidence import Weight
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Log, Snapshot
from holdfast.model.verdict import Role

RUNC = "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
RUNC += "runc create failed: unable to start container process: "
NODE = {"metadata": {"name": "node-1"}, "status": {"nodeInfo": {"architecture": "arm64"}}}
WINDOWS = {"metadata": {"name": "node-1"}, "status": {"nodeInfo": {"operatingSystem": "windows"}}}
AT_ONCE = "2026-11-23T08:20:00Z"
PENDING = {"phase": "Pending"}


def refused(text: str, **more: Any) -> dict[str, Any]:
    """A container in the back-off after the runtime refused to start it."""
    end = terminated(128, "StartError", started="1970-01-01T00:00:00Z", message=RUNC + text)
    return {"last": end, **more}


def waits(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    """A container that has never run and waits for a reason."""
    return {"state": waiting(reason, message), "restarts": 0, "status": PENDING, **more}


def ended(code: int, log: str, **more: Any) -> dict[str, Any]:
    """A life that ended in the second it began, with a log."""
    return {"last": terminated(code, finished=AT_ONCE), "log": log, **more}


def pull(answer: str, **more: Any) -> dict[str, Any]:
    """A container that waits for its image, with the registry's answer in the message."""
    text = f'Back-off pulling image "r.example/app:9": ErrImagePull: {answer}'
    return waits("ImagePullBackOff", text, **more)


NAMED = {
    "B01 runc path": refused(
        'exec: "/bin/nonesuch": stat /bin/nonesuch: no such file or directory'
    ),
    "B01 runc search": refused('exec: "serve": executable file not found in $PATH: unknown'),
    "B01 crun": waits(
        "CreateContainerError", "crun: executable file `/serve` not found: No such file: OCI"
    ),
    "B01 dockershim": {
        "last": terminated(
            127, "ContainerCannotRun", message='OCI: exec: "x": executable file not found in $PATH'
        )
    },
    "B01 dash": ended(127, "sh: 1: serve: not found"),
    "B01 bash": ended(127, "/entrypoint.sh: line 7: serve: command not found"),
    "B01 busybox": ended(127, "/bin/sh: serve: not found"),
    "B01 tini": ended(127, "[FATAL tini (7)] exec serve failed: No such file or directory"),
    "B02 runc": refused('exec: "/app/run": permission denied: unknown'),
    "B02 directory": refused('exec: "/app": is a directory: permission denied'),
    "B02 shell": ended(126, "sh: 1: /app/run.sh: Permission denied"),
    "B03 log": ended(255, "exec /app: exec format error", nodes=(NODE,)),
    "B03 old runc": ended(
        1, "standard_init_linux.go:228: exec user process caused: exec format error"
    ),
    "B03 image name": ended(
        255,
        "exec /app: exec format error",
        nodes=(NODE,),
        container={"image": "registry.example/app:1.2.3-amd64"},
    ),
    "B04 ConfigMap": waits("CreateContainerConfigError", 'configmap "settings" not found'),
    "B04 Secret": waits("CreateContainerConfigError", 'secret "db" not found'),
    "B04 key": waits("CreateContainerConfigError", "couldn't find key PASS in Secret default/db"),
    "B04 event alone": waits(
        "ContainerCreating", events=(event("Failed", 'Error: secret "db" not found'),)
    ),
    "B05 root": waits(
        "CreateContainerConfigError",
        'container has runAsNonRoot and image will run as root (pod: "api", container: app)',
    ),
    "B05 letters": waits(
        "CreateContainerConfigError",
        "container has runAsNonRoot and image has non-numeric user (app), cannot verify user is "
        "non-root",
    ),
    "B05 absent": waits("CreateContainerError", "unable to find user app: no matching entries"),
    "B08 absent": pull("rpc error: code = NotFound desc = r.example/app:9: not found"),
    "B08 denied": pull(
        "pull access denied, repository does not exist or may require authorization"
    ),
    "B08 without message": waits("ErrImagePull"),
    "B08 after a restart": {
        "state": waiting("ImagePullBackOff", 'Back-off pulling image "r.example/app:9"'),
        "last": terminated(143),
        "events": (event("Failed", 'Failed to pull image "r.example/app:9": 503'),),
    },
    "B11": {
        "last": terminated(0, finished=AT_ONCE),
        "container": {"lifecycle": {"postStart": {"exec": {"command": ["/bin/false"]}}}},
        "events": (
            event("FailedPostStartHook", "PostStartHook failed", count=5),
            event("Killing", "FailedPostStartHook", type="Normal", lastTimestamp=AT_ONCE),
        ),
    },
    "B11 waiting": waits("PostStartHookError", "Exec lifecycle hook failed"),
    "B12 seccomp": waits(
        "CreateContainerError", 'cannot load seccomp profile "/var/lib/kubelet/seccomp/a.json"'
    ),
    "B12 apparmor": waits("CreateContainerError", "apparmor profile not found k8s-deny-write"),
    "B12 selinux": refused("error setting label on mount source '/data': permission denied"),
    "B12 capability": refused('unknown capability "CAP_PERFMON"'),
    "B12 pod": {
        "whole": True,
        "restarts": 0,
        "state": waiting("Blocked"),
        "status": {"phase": "Pending", "reason": "AppArmor", "message": "Cannot enforce AppArmor"},
    },
    "B13 reserved": waits(
        "CreateContainerError",
        'failed to reserve container name "app_api": name is reserved for "1f"',
    ),
    "B13 deadline": waits("CreateContainerError", "context deadline exceeded"),
    "B15 name": waits("InvalidImageName", 'Failed to apply default image tag "https://x"'),
    "B15 never": waits(
        "ErrImageNeverPull", "Container image is not present with pull policy of Never"
    ),
    "B15 inspect": waits("ImageInspectError", "Failed to inspect image"),
    "B16 hcsshim": refused(
        "The container operating system does not match the host operating system"
    ),
    "B16 platform": pull("no matching manifest for windows/amd64 10.0.20348", nodes=(WINDOWS,)),
    "B18 directory": refused('chdir to cwd ("/srv/app") set in config.json failed: no such file'),
    "B18 mount": refused(
        'error mounting "/v/a" to rootfs at "/etc/app.conf": not a directory: Are you trying to '
        "mount a directory onto a file"
    ),
}

LOOKALIKES = {
    "B01 library missing": ended(127, "app: error while loading shared libraries: libx.so.1"),
    "B01 page not found": ended(1, "GET /favicon.ico 404 not found"),
    "B01 shell goes on": ended(1, "sh: 1: jq: not found\nTraceback (most recent call last):"),
    "B01 working directory": refused(
        'chdir to cwd ("/srv") set in config.json failed: no such file'
    ),
    "B02 volume": ended(1, "open /data/db: permission denied"),
    "B02 missing": refused('exec: "serve": executable file not found in $PATH'),
    "B03 script": ended(126, "exec /start.sh: exec format error"),
    "B03 long life": {"last": terminated(1), "log": "worker said: exec format error"},
    "B04 volume": waits(
        "ContainerCreating", events=(event("FailedMount", 'configmap "settings" not found'),)
    ),
    "B05 volume": waits("CreateContainerConfigError", 'secret "db" not found'),
    "B08 policy": waits("ErrImageNeverPull", "Container image is not present"),
    "B08 old failure": {
        "last": terminated(1),
        "events": (event("Failed", 'Failed to pull image "r.example/app:9": 503'),),
    },
    "B11 pre-stop": {"last": terminated(1), "events": (event("FailedPreStopHook", "failed"),)},
    "B12 env": waits("CreateContainerConfigError", 'secret "seed" not found'),
    "B13 pull": pull("context deadline exceeded"),
    "B15 registry": pull("not found"),
    "B16 processor": pull("no matching manifest for linux/arm64"),
    "B18 command": refused('exec: "/x": stat /x: no such file or directory'),
}


@pytest.mark.parametrize("name", NAMED)
def test_start_failure_is_named(name: str) -> None:
    """Each way not to start leads the list on its own words, as a cause."""
    built = case(**NAMED[name])
    verdict = judge(name[:3], built)

    assert best(built) == name[:3]
    assert verdict is not None
    assert verdict.role is Role.CAUSE


@pytest.mark.parametrize("name", LOOKALIKES)
def test_lookalike_is_not_named(name: str) -> None:
    """Words that resemble it do not make it the answer."""
    assert best(case(**LOOKALIKES[name])) != name[:3]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("toomanyrequests: You have reached your pull rate limit", "rate_limit"),
        ("no match for platform in manifest: not found", "platform"),
        ("write /var/lib/x: no space left on device", "disk"),
        ("tls: failed to verify certificate: x509: certificate signed by unknown", "tls"),
        ("dial tcp: lookup r.example on 10.0.0.2:53: no such host", "dns"),
        ("unexpected status from HEAD request: 401 Unauthorized", "auth"),
        ("manifest unknown", "absent"),
        ("dial tcp 10.1.1.1:443: connect: connection refused", "unreachable"),
    ],
)
def test_registry_answer_is_sorted(answer: str, kind: str) -> None:
    """The fix depends on what the registry said, so it is told apart."""
    verdict = judge("B08", case(**pull(answer)))

    assert verdict is not None
    assert verdict.parameters["kind"] == kind


def test_missing_key_is_a_parameter() -> None:
    """The fix needs the object and the key by name."""
    verdict = judge("B04", case(**NAMED["B04 key"]))

    assert verdict is not None
    assert verdict.parameters == {"kind": "Secret", "name": "db", "key": "PASS"}


def test_started_container_keeps_no_start_failure() -> None:
    """A Failed event of an attempt that succeeded later explains nothing."""
    built = case(
        state=running(), restarts=0, events=(event("Failed", 'Error: secret "db" not found'),)
    )

    assert judge("B04", built) is None


def test_replica_on_other_architecture_supports_it() -> None:
    """A replica that runs elsewhere points at the image rather than the program."""
    owner = {"kind": "ReplicaSet", "name": "rs", "uid": "o", "controller": True}
    replica = {
        "metadata": {"name": "b", "namespace": "default", "uid": "u-2", "ownerReferences": [owner]},
        "spec": {"nodeName": "node-2", "containers": [{"name": "app"}]},
        "status": {"containerStatuses": [{"name": "app", "state": running()}]},
    }
    other = {"metadata": {"name": "node-2"}, "status": {"nodeInfo": {"architecture": "amd64"}}}
    built = case(
        **ended(255, "exec /app: exec format error"),
        nodes=(NODE, other),
        other_pods=(replica,),
        metadata={"ownerReferences": [owner]},
    )
    verdict = judge("B03", built)

    assert verdict is not None
    assert verdict.parameters["architecture"] == "amd64"


def test_hook_without_events_is_only_a_hint() -> None:
    """Events expire: a hook and an end as on a stop leave it possible, and no more."""
    hook = {"lifecycle": {"postStart": {"exec": {"command": ["/bin/false"]}}}}
    built = case(container=hook, last=terminated(0, finished=AT_ONCE))
    verdict = judge("B11", built)

    assert verdict is not None
    assert verdict.score == Weight.WEAK
    assert verdict.would_decide


@pytest.mark.parametrize("cause", ["B01", "B02", "B03"])
def test_pasted_log_has_no_name(cause: str) -> None:
    """A log alone is judged as well, and the sentence does not pretend to know the container."""
    lines = {
        "B01": "sh: 1: serve: not found",
        "B02": "sh: 1: ./serve: Permission denied",
        "B03": "exec /serve: exec format error",
    }
    snapshot = Snapshot(logs=(Log((lines[cause],), "pasted"),))
    context = Context(snapshot, signatures())
    verdict = judge(cause, Case(context, Pod(), None, context.events_of(Pod())))

    assert verdict is not None
    assert verdict.summary.startswith("the container cannot start")


def test_image_that_was_not_read_is_said_so() -> None:
    """A pod read from a table has no image; the sentence does not hide that."""
    verdict = judge("B08", case(**waits("ErrImagePull", container={"image": ""})))

    assert verdict is not None
    assert "image (not read)" in verdict.summary
