"""Impossible probes and hooks are refused in the words of the API server (kubelet.md 1.1, 4.3)."""

from typing import Any

import pytest
from tests.kubelet.pods import container, pod

from holdfast.kubelet.admission import admit, violations
from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod

FIRST = "spec.containers[0]"
GET = {"httpGet": {"port": 8080}}


def of(minor: int) -> Behaviour:
    """The behaviour of 1.<minor>."""
    return behaviour_of(KubernetesVersion(1, minor))


def said(one: Pod, minor: int = 36) -> list[str]:
    """All violations as the API server would print them."""
    return [str(violation) for violation in violations(one, of(minor))]


def with_probe(kind: str = "livenessProbe", **fields: Any) -> Pod:
    """A pod whose container has this probe."""
    probes: dict[str, Any] = {kind: {**GET, **fields}}
    return pod(container(**probes))


@pytest.mark.parametrize(
    ("one", "path", "problem"),
    [
        (
            with_probe(successThreshold=2),
            "livenessProbe.successThreshold",
            "Invalid value: 2: must be 1",
        ),
        (
            with_probe("startupProbe", successThreshold=3),
            "startupProbe.successThreshold",
            "Invalid value: 3: must be 1",
        ),
        (
            with_probe(periodSeconds=-1),
            "livenessProbe.periodSeconds",
            "Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            with_probe(initialDelaySeconds=2**31),
            "livenessProbe.initialDelaySeconds",
            "Invalid value: 2147483648: must be a 32-bit integer",
        ),
        (
            with_probe(terminationGracePeriodSeconds=0),
            "livenessProbe.terminationGracePeriodSeconds",
            "Invalid value: 0: must be greater than 0",
        ),
        (
            with_probe("readinessProbe", terminationGracePeriodSeconds=5),
            "readinessProbe.terminationGracePeriodSeconds",
            "Invalid value: 5: must not be set for readinessProbes",
        ),
        (
            with_probe(tcpSocket={"port": 80}),
            "livenessProbe.tcpSocket",
            "Forbidden: may not specify more than 1 handler type",
        ),
        (
            pod(container(livenessProbe={"periodSeconds": 5})),
            "livenessProbe",
            "Required value: must specify a handler type",
        ),
        (
            pod(container(livenessProbe={"exec": {}})),
            "livenessProbe.exec.command",
            "Required value",
        ),
        (
            with_probe(httpGet={"port": 0}),
            "livenessProbe.httpGet.port",
            "Invalid value: 0: must be between 1 and 65535, inclusive",
        ),
        (
            with_probe(httpGet={"port": "a--b"}),
            "livenessProbe.httpGet.port",
            'Invalid value: "a--b": must not contain consecutive hyphens',
        ),
        (
            with_probe(httpGet={"port": 80, "scheme": "http"}),
            "livenessProbe.httpGet.scheme",
            'Unsupported value: "http": supported values: "HTTP", "HTTPS"',
        ),
        (
            pod(container(livenessProbe={"grpc": {"port": "grpc"}})),
            "livenessProbe.grpc.port",
            'Invalid value: "grpc": must be a number: gRPC ports have no name',
        ),
        (
            pod(container(lifecycle={"preStop": {"sleep": {"seconds": 31}}})),
            "lifecycle.preStop.sleep",
            (
                "Invalid value: 31: must be non-negative and less than "
                "terminationGracePeriodSeconds (30)"
            ),
        ),
        (
            pod(container(lifecycle={"postStart": {}})),
            "lifecycle.postStart",
            "Required value: must specify a handler type",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_each_fault_of_a_probe_is_told(one: Pod, path: str, problem: str) -> None:
    """The numbers of a probe are where most manifests go wrong."""
    assert said(one) == [f"{FIRST}.{path}: {problem}"]


def test_sleep_by_version() -> None:
    """The sleep action does not exist before 1.30, and zero seconds not before 1.33."""
    zero = pod(container(lifecycle={"preStop": {"sleep": {"seconds": 0}}}))

    assert said(zero, 33) == []
    assert "greater than 0" in said(zero, 32)[0]
    assert said(zero, 29) == [
        f"{FIRST}.lifecycle.preStop: Required value: must specify a handler type"
    ]


def test_zeroes_are_defaults_and_not_faults() -> None:
    """The API takes 0 of a probe's numbers for "not set"."""
    zeroes = with_probe(periodSeconds=0, timeoutSeconds=0, successThreshold=0, failureThreshold=0)
    probe = admit(zeroes, of(36)).spec.containers[0].liveness_probe
    assert probe is not None

    assert (probe.period_seconds, probe.timeout_seconds) == (10, 1)
    assert (probe.success_threshold, probe.failure_threshold) == (1, 3)
