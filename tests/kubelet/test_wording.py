"""Texts of events and messages, version by version (kubelet.md 10)."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.kubelet import probe_output, wording
from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.model.container import (
    Container,
    ContainerKind,
    ExecAction,
    HttpGetAction,
    LifecycleHandler,
    SleepAction,
)
from holdfast.model.duration import Duration
from holdfast.model.metadata import Metadata
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod

POD = Pod(Metadata(name="web", namespace="shop", uid="u-1"))


class Record(NamedTuple):
    """A container as a kill sees it."""

    name: str
    kind: ContainerKind = ContainerKind.APP


class Pulled(NamedTuple):
    """A pull that took 0.8 s and waited as long."""

    seconds: float = 0.7969
    seconds_including_waiting: float = 1.594
    bytes: int | None = 543804759


def of(minor: int) -> Behaviour:
    """The behaviour of 1.<minor>."""
    return behaviour_of(KubernetesVersion(1, minor))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (10, "10s"),
        (80, "1m20s"),
        (160, "2m40s"),
        (300, "5m0s"),
        (3600, "1h0m0s"),
        (5025.5, "1h23m45.5s"),
        (0.796, "796ms"),
        (1.594, "1.594s"),
        (0.0000015, "1.5µs"),
        (-90, "-1m30s"),
    ],
)
def test_durations_are_written_as_go_does(seconds: float, text: str) -> None:
    """A back-off of 80 s reads 1m20s, as in every CrashLoopBackOff message."""
    assert wording.go_duration(seconds) == text


@given(st.integers(min_value=0, max_value=10**15))
def test_a_written_duration_reads_back(nanoseconds: int) -> None:
    """No unit is lost or doubled for any length."""
    seconds = nanoseconds / 1e9
    text = wording.go_duration(seconds)

    assert Duration.parse(text).seconds == pytest.approx(seconds, abs=1e-9, rel=1e-12)


def test_start_events_of_each_version() -> None:
    """Whoever matches Created and Started by text needs the right one."""
    app = Container(name="app", image="web:1")
    texts = {m: [text for _, text in wording.started(app, of(m))][1:] for m in (28, 34, 36)}

    assert texts[28] == ["Created container app", "Started container app"]
    assert texts[34] == ["Created container: app", "Started container app"]
    assert texts[36] == ["Container created", "Container started"]


def test_pulled_says_how_long_and_how_large() -> None:
    """The size belongs to the text since 1.30; durations are cut to milliseconds."""
    app = Container(name="app", image="web:1")
    new = wording.started(app, of(36), Pulled())[0]
    old = wording.pulled("web:1", Pulled(), of(29))

    assert new[0] == "Pulled"
    assert new[1] == (
        'Successfully pulled image "web:1" in 796ms (1.594s including waiting). '
        "Image size: 543804759 bytes."
    )
    assert old == 'Successfully pulled image "web:1" in 796ms (1.594s including waiting)'


def test_a_present_image_is_accessible_since_1_35() -> None:
    """KubeletEnsureSecretPulledImages changed the text."""
    assert wording.present("web:1", of(34)).endswith("already present on machine")
    assert wording.present("web:1", of(35)).endswith("and can be accessed by the pod")


def test_errored_probes_tell_their_state_since_1_33() -> None:
    """A body hang counts as failed attempt, a missing port as unknown; both are discarded."""
    hang, port = probe_output.BODY_TIMEOUT, probe_output.unknown_port("http")

    assert wording.probe_errored("liveness", hang, of(36)) == (
        "Liveness probe errored and resulted in failure state: context deadline exceeded "
        "(Client.Timeout or context cancellation while reading body)"
    )
    assert wording.probe_errored("startup", port, of(36)) == (
        "Startup probe errored and resulted in unknown state: "
        'strconv.Atoi: parsing "http": invalid syntax'
    )
    assert wording.probe_errored("startup", port, of(32)) == (
        'Startup probe errored: strconv.Atoi: parsing "http": invalid syntax'
    )


def test_kills_tell_whether_they_restart() -> None:
    """Only app containers that come back are announced as restarted (2.1, 4.2)."""
    app, side = Record("app"), Record("side", ContainerKind.SIDECAR)

    assert wording.killed_by_probe(app, "liveness", restarts=True) == (
        "Container app failed liveness probe, will be restarted"
    )
    assert (
        wording.killed_by_probe(app, "startup", restarts=False)
        == "Container app failed startup probe"
    )
    assert wording.killed_by_probe(side, "liveness", restarts=True) == (
        "Init container side failed liveness probe"
    )
    assert wording.definition_changed(app) == "Container app definition changed, will be restarted"
    assert wording.definition_changed(side) == "Init container side definition changed"


def test_back_off_texts() -> None:
    """The message tells the whole wait in Go's form; 1.25 did not name the container in events."""
    assert wording.back_off_message(POD, "app", 80.0) == (
        "back-off 1m20s restarting failed container=app pod=web_shop(u-1)"
    )
    assert wording.back_off_event(POD, "app", of(36)) == (
        "Back-off restarting failed container app in pod web_shop(u-1)"
    )
    assert wording.back_off_event(POD, "app", of(25)) == "Back-off restarting failed container"


def test_pull_back_off_keeps_the_error_since_1_32() -> None:
    """Older versions show only that they wait; the error is in an event that expires."""
    assert wording.pull_back_off_message("web:1", "not found", of(36)) == (
        'Back-off pulling image "web:1": ErrImagePull: not found'
    )
    assert wording.pull_back_off_message("web:1", "not found", of(31)) == (
        'Back-off pulling image "web:1"'
    )


def test_failed_starts_name_the_reason_or_the_message() -> None:
    """Image errors have their own event with the text, so this one repeats the reason."""
    assert wording.start_failed("ImagePullBackOff", "Back-off …") == "Error: ImagePullBackOff"
    assert wording.start_failed("CreateContainerConfigError", 'secret "x" not found') == (
        'Error: secret "x" not found'
    )
    assert wording.start_failed("RunContainerError", "") == "Error: RunContainerError"


def test_post_start_failures_of_each_handler() -> None:
    """The waiting message is the only place where the hook's error is kept."""
    owner = 'for Container "app" in Pod "web_shop(u-1)" failed'
    command = LifecycleHandler(exec=ExecAction(("sh", "-c", "exit 3")))
    get = LifecycleHandler(http_get=HttpGetAction(port=80, path="/up"))
    sleep = LifecycleHandler(sleep=SleepAction(5))
    error = wording.exec_error(("sh", "-c", "exit 3"), 3, "")

    assert wording.post_start_failed(POD, "app", command, error, "a\n") == (
        f"Exec lifecycle hook ([sh -c exit 3]) {owner} - "
        "error: command 'sh -c exit 3' exited with 3: , message: \"a\\n\""
    )
    assert wording.post_start_failed(POD, "app", get, "no route") == (
        f"HTTP lifecycle hook (/up) {owner} - error: no route"
    )
    assert wording.post_start_failed(POD, "app", sleep, "killed").startswith(
        "Sleep lifecycle hook (5)"
    )


def test_eviction_texts() -> None:
    """Each sentence of an eviction ends with the space that upstream writes."""
    text = wording.node_low("memory", "100Mi", "92532Ki") + wording.larger_consumption(
        "app", "700Mi", "256Mi", "memory"
    )

    assert text == (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 92532Ki. "
        "Container app was using 700Mi, request is 256Mi, has larger consumption of memory. "
    )
    assert wording.empty_dir_exceeded("tmp", "50Mi") == (
        'Usage of EmptyDir volume "tmp" exceeds the limit "50Mi". '
    )
    assert wording.rejected(wording.node_condition(["MemoryPressure"])) == (
        "Pod was rejected: The node had condition: [MemoryPressure]. "
    )


def test_exec_timeouts_of_each_version() -> None:
    """The text changed with 1.32, and log searches break with it."""
    command = ("/bin/sleep", "5")

    assert probe_output.exec_timeout(command, 1, of(36)) == (
        'command timed out: "/bin/sleep 5" timed out after 1s'
    )
    assert probe_output.exec_timeout(command, 1, of(31)) == 'command "/bin/sleep 5" timed out'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            wording.probe_warning("liveness", probe_output.redirected("moved")),
            "Liveness probe warning: Probe terminated redirects, Response body: moved",
        ),
        (wording.pulling("web:1"), 'Pulling image "web:1"'),
        (wording.pull_failed("web:1", "not found"), 'Failed to pull image "web:1": not found'),
        (wording.resize_restart("app"), "Container app resize requires restart"),
        (wording.kill_failed("gone"), "error killing pod: gone"),
        (wording.sandbox_failed("no IP"), "Failed to create pod sandbox: no IP"),
        (wording.network_not_ready("no CNI"), "network is not ready: no CNI"),
        (wording.threshold_met("memory"), "Attempting to reclaim memory"),
        (
            wording.system_oom("java", 7),
            "System OOM encountered, victim process: java, pid: 7",
        ),
        (
            wording.https_fallback("10.0.0.1:443"),
            (
                "request to HTTPS lifecycle hook 10.0.0.1:443 got HTTP response, "
                "retry with HTTP succeeded"
            ),
        ),
    ],
)
def test_texts_that_no_version_changed(text: str, expected: str) -> None:
    """The forms of kubelet.md 10 that no recording holds."""
    assert text == expected


def test_grpc_outputs() -> None:
    """The three ways in which a gRPC probe fails read differently."""
    assert probe_output.grpc_unhealthy("NOT_SERVING") == (
        'service unhealthy (responded with "NOT_SERVING")'
    )
    assert probe_output.grpc_no_connection("10.0.0.1:80", 1, "refused") == (
        'timeout: failed to connect service "10.0.0.1:80" within 1s: refused'
    )
    assert "grpc.health.v1.Health): x" in probe_output.grpc_unimplemented("x")
