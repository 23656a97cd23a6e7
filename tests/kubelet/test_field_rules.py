"""Names, ports, mounts and restart rules that the API server refuses."""

from typing import Any

import msgspec
import pytest
from tests.kubelet.pods import container, pod, resources

from holdfast.kubelet.admission import admit, violations
from holdfast.kubelet.behaviour import behaviour_of
from holdfast.kubelet.violation import AdmissionError
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod

NOW = behaviour_of(KubernetesVersion(1, 36))
MANY = [{"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}}] * 21
CODES = [{"action": "Restart", "exitCodes": {"operator": "In", "values": list(range(256))}}]
PORT_NAME = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"


def said(one: Pod) -> list[str]:
    """All violations, without the path of the first container."""
    texts = [str(violation) for violation in violations(one, NOW)]
    return [text.removeprefix("spec.containers[0].") for text in texts]


def mounting(*mounts: dict[str, Any]) -> Pod:
    """A pod with a volume called data."""
    return pod(container(volumeMounts=list(mounts)), volumes=[{"name": "data", "emptyDir": {}}])


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (pod(container(env=[{"value": "1"}])), "env[0].name: Required value"),
        (pod(container(ports=[{}])), "ports[0].containerPort: Required value"),
        (
            pod(container(ports=[{"containerPort": 1, "protocol": "tcp"}])),
            'ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
        ),
        (
            pod(container(ports=[{"containerPort": 1, "name": "a" * 16}])),
            f'ports[0].name: Invalid value: "{"a" * 16}": must be no more than 15 bytes',
        ),
        (
            pod(container(ports=[{"containerPort": 1, "name": "Web"}])),
            f'ports[0].name: Invalid value: "Web": {PORT_NAME}',
        ),
        (
            pod(container(ports=[{"containerPort": 1, "name": "80"}])),
            'ports[0].name: Invalid value: "80": must contain at least one letter (a-z)',
        ),
        (
            pod(container(ports=[{"containerPort": 1, "name": "web-"}])),
            'ports[0].name: Invalid value: "web-": must not begin or end with a hyphen',
        ),
        (
            pod(container(terminationMessagePolicy="Logs")),
            (
                'terminationMessagePolicy: Unsupported value: "Logs": '
                'supported values: "File", "FallbackToLogsOnError"'
            ),
        ),
        (mounting({"mountPath": "/a"}), "volumeMounts[0].name: Required value"),
        (mounting({"name": "data"}), "volumeMounts[0].mountPath: Required value"),
        (
            mounting({"name": "data", "mountPath": "/a"}, {"name": "data", "mountPath": "/a"}),
            'volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
        ),
        (
            pod(container(restartPolicy="Sometimes")),
            (
                'restartPolicy: Unsupported value: "Sometimes": '
                'supported values: "Always", "Never", "OnFailure"'
            ),
        ),
        (
            pod(container(restartPolicy="Never", restartPolicyRules=MANY)),
            "restartPolicyRules: Too long: may not be more than 20 bytes",
        ),
        (
            pod(container(restartPolicy="Never", restartPolicyRules=CODES)),
            "restartPolicyRules[0].exitCodes.values: Too long: may not be more than 255 bytes",
        ),
        (
            pod(container(resources=resources({"nvidia.com/gpu": "1"}, {"nvidia.com/gpu": "2"}))),
            'resources.requests: Invalid value: "1": must be equal to nvidia.com/gpu limit of 2',
        ),
        (
            pod(container(resources=resources(None, {"nvidia.com/gpu": "500m"}))),
            'resources.limits[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
        ),
        (
            pod(resources=resources({"ephemeral-storage": "1Gi"})),
            (
                "spec.resources.requests[ephemeral-storage]: Unsupported value: "
                '"ephemeral-storage": supported values: "cpu", "memory"'
            ),
        ),
    ],
    ids=lambda value: value.partition(":")[0] if isinstance(value, str) else "",
)
def test_each_fault_is_told(one: Pod, expected: str) -> None:
    """One fault, one line, in the words of the API server."""
    assert said(one) == [expected]


def test_names_of_pods() -> None:
    """A pod without a name, with a wrong one and with one that is too long."""
    nameless, wrong, long = (
        msgspec.convert({"metadata": {"name": name}, "spec": {"containers": [container()]}}, Pod)
        for name in ("", "Web_1", "a" * 254)
    )

    assert said(nameless) == ["metadata.name: Required value: name or generateName is required"]
    assert said(wrong)[0].startswith(
        'metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain must consist of'
    )
    assert said(long)[0].endswith("must be no more than 253 bytes")


def test_sidecars_are_checked_like_containers() -> None:
    """Their hooks and probes count, and rules of sidecars begin with 1.36."""
    sidecar = container(
        "s", restartPolicy="Always", lifecycle={"preStop": {}}, restartPolicyRules=CODES[:0]
    )
    ruled = container("s", restartPolicy="Always", restartPolicyRules=MANY[:1])
    older = behaviour_of(KubernetesVersion(1, 35))
    oldest = behaviour_of(KubernetesVersion(1, 33))
    unruled = container("s", restartPolicyRules=MANY[:1])

    assert said(pod(container(), init=(sidecar,))) == [
        "spec.initContainers[0].lifecycle.preStop: Required value: must specify a handler type"
    ]
    assert said(pod(container(), init=(ruled,))) == []
    assert [v.path for v in violations(pod(container(), init=(ruled,)), older)] == [
        "spec.initContainers[0].restartPolicyRules"
    ]
    assert [v.path for v in violations(pod(container(), init=(unruled,)), oldest)] == [
        "spec.initContainers[0].restartPolicy"
    ]


def test_a_single_fault_is_the_whole_error() -> None:
    """With one fault there is no list to read."""
    with pytest.raises(AdmissionError) as raised:
        admit(pod(activeDeadlineSeconds=-1), NOW)

    assert raised.value.where == "spec.activeDeadlineSeconds"
    assert raised.value.found.startswith("Invalid value: -1: must be between 1 and")
    assert raised.value.next_step == "correct spec.activeDeadlineSeconds"


def test_a_grpc_probe_with_a_number_is_right() -> None:
    """Only names are refused."""
    assert said(pod(container(livenessProbe={"grpc": {"port": 9090}}))) == []
