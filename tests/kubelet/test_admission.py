"""Impossible pods are refused with the field and the words of the API server."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kubelet.pods import container, pod, resources
from tests.recordings.recorded import NAMES, recording

from holdfast.kubelet.admission import admit, violations
from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.kubelet.violation import AdmissionError
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod

LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
NO_INIT = "may not be set for init containers without restartPolicy=Always"
GET = {"httpGet": {"port": 8080}}
FIRST = "spec.containers[0]"


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


def with_rule(*, policy: str | None = "Never", **rule: Any) -> Pod:
    """A pod whose container has one restart rule."""
    return pod(container(restartPolicyRules=[rule], restartPolicy=policy))


@pytest.mark.parametrize(
    ("one", "path", "problem"),
    [
        (
            pod(container("App_1")),
            "name",
            f'Invalid value: "App_1": {LABEL_RULE}',
        ),
        (
            pod(container("a" * 64)),
            "name",
            f'Invalid value: "{"a" * 64}": must be no more than 63 bytes',
        ),
        (
            pod(container(), container()),
            "spec.containers[1].name",
            'Duplicate value: "app"',
        ),
        (
            pod(container(), init=(container(),)),
            "spec.initContainers[0].name",
            'Duplicate value: "app"',
        ),
        (
            pod({"name": "app"}),
            "image",
            "Required value",
        ),
        (
            pod({"name": "app", "image": "web:1 "}),
            "image",
            'Invalid value: "web:1 ": must not have leading or trailing whitespace',
        ),
        (
            pod(container(imagePullPolicy="always")),
            "imagePullPolicy",
            'Unsupported value: "always": supported values: "Always", "IfNotPresent", "Never"',
        ),
        (
            pod(container(ports=[{"containerPort": 70000}])),
            "ports[0].containerPort",
            "Invalid value: 70000: must be between 1 and 65535, inclusive",
        ),
        (
            pod(
                container(
                    ports=[{"name": "web", "containerPort": n, "protocol": "TCP"} for n in (1, 2)]
                )
            ),
            "ports[1].name",
            'Duplicate value: "web"',
        ),
        (
            pod(
                container(ports=[{"containerPort": 1, "hostPort": 80}]),
                container("b", ports=[{"containerPort": 2, "hostPort": 80}]),
            ),
            "spec.containers[1].ports[0].hostPort",
            'Duplicate value: "TCP//80"',
        ),
        (
            pod(container(resources=resources({"memory": "2Gi"}, {"memory": "1Gi"}))),
            "resources.requests",
            'Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
        ),
        (
            pod(container(resources=resources({"memory": "-1"}))),
            "resources.requests[memory]",
            'Invalid value: "-1": must be greater than or equal to 0',
        ),
        (
            pod(container(resources=resources({"nvidia.com/gpu": "1"}))),
            "resources.limits",
            "Required value: Limit must be set for non overcommitable resources",
        ),
        (
            pod(container(), restartPolicy="always"),
            "spec.restartPolicy",
            'Unsupported value: "always": supported values: "Always", "OnFailure", "Never"',
        ),
        (
            pod(activeDeadlineSeconds=0),
            "spec.activeDeadlineSeconds",
            "Invalid value: 0: must be between 1 and 2147483647, inclusive",
        ),
        (
            pod(terminationGracePeriodSeconds=-5),
            "spec.terminationGracePeriodSeconds",
            "Invalid value: -5: must be greater than or equal to 0",
        ),
        (
            pod(container(), init=(container("i", livenessProbe=GET),)),
            "spec.initContainers[0].livenessProbe",
            f"Forbidden: {NO_INIT}",
        ),
        (
            pod(container(), init=(container("i", lifecycle={"preStop": {}}),)),
            "spec.initContainers[0].lifecycle",
            f"Forbidden: {NO_INIT}",
        ),
        (
            with_rule(policy=None, action="Restart", exitCodes={"operator": "In", "values": [1]}),
            "restartPolicy",
            "Required value: must specify restartPolicy when restart rules are used",
        ),
        (
            with_rule(action="Restart"),
            "restartPolicyRules[0].exitCodes",
            "Required value: must be specified",
        ),
        (
            with_rule(action="Stop", exitCodes={"operator": "In", "values": [1]}),
            "restartPolicyRules[0].action",
            'Unsupported value: "Stop": supported values: "Restart"',
        ),
        (
            with_rule(action="Restart", exitCodes={"operator": "Is", "values": [1]}),
            "restartPolicyRules[0].exitCodes.operator",
            'Unsupported value: "Is": supported values: "In", "NotIn"',
        ),
        (
            pod(container(volumeMounts=[{"name": "data", "mountPath": "/data"}])),
            "volumeMounts[0].name",
            'Not found: "data"',
        ),
        (
            pod(
                container(resources=resources({"cpu": "2"})), resources=resources({"cpu": "1500m"})
            ),
            "spec.resources.requests[cpu]",
            (
                'Invalid value: "1500m": must be greater than or equal to '
                "aggregate container requests of 2"
            ),
        ),
        (
            pod(
                container(resources=resources(None, {"memory": "2Gi"})),
                resources=resources(None, {"memory": "1Gi"}),
            ),
            "spec.resources.containers[0][memory].limits",
            'Invalid value: "2Gi": must be less than or equal to pod limits of 1Gi',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_each_fault_is_told_in_the_words_of_the_api_server(
    one: Pod, path: str, problem: str
) -> None:
    """People search for these texts, and scripts match them."""
    whole = path if path.startswith("spec.") else f"{FIRST}.{path}"

    assert said(one) == [f"{whole}: {problem}"]


def test_no_containers() -> None:
    """A pod without containers is nothing that a kubelet could run."""
    empty = msgspec.convert({"metadata": {"name": "web"}, "spec": {}}, Pod)

    assert said(empty) == ["spec.containers: Required value"]


def test_unknown_resources_are_told_twice_as_upstream_does() -> None:
    """A typing error in a resource name is refused, not scheduled without it."""
    path = f"{FIRST}.resources.limits[cpus]"

    assert said(pod(container(resources=resources(None, {"cpus": "1"})))) == [
        f'{path}: Invalid value: "cpus": must be a standard resource type or fully qualified',
        f'{path}: Invalid value: "cpus": must be a standard resource for containers',
    ]


def test_unreadable_quantities_are_refused_and_not_computed_with() -> None:
    """One bad number does not hide the other faults, and no arithmetic meets it."""
    bad = pod(
        container("A", resources=resources({"memory": "lots"}, {"memory": "1Gi"})),
        resources=resources({"memory": "1Gi"}),
    )
    texts = said(bad)

    assert texts[0].startswith(f'{FIRST}.name: Invalid value: "A"')
    assert texts[1].startswith(f'{FIRST}.resources.requests[memory]: Invalid value: "lots"')
    assert len(texts) == 2


def test_all_faults_are_told_at_once() -> None:
    """Nobody wants to correct a manifest once per error."""
    bad = pod(
        container(livenessProbe={**GET, "periodSeconds": -1, "successThreshold": 2}),
        restartPolicy="Sometimes",
    )
    with pytest.raises(AdmissionError) as raised:
        admit(bad, of(36))
    error = raised.value

    assert error.doing == "admitting pod shop/web"
    assert error.where == (
        f"{FIRST}.livenessProbe.periodSeconds, {FIRST}.livenessProbe.successThreshold, "
        "spec.restartPolicy"
    )
    assert error.found.startswith("3 fields that the API server refuses:\n")
    assert "periodSeconds: Invalid value: -1" in error.found
    assert error.next_step


def test_one_fault_is_an_error_of_four_parts() -> None:
    """Field path, found against expected, and what to do."""
    bad = with_probe("readinessProbe", terminationGracePeriodSeconds=5)
    error = violations(bad, of(36))[0].error(bad)

    assert str(error) == (
        f"admitting pod shop/web: {FIRST}.readinessProbe.terminationGracePeriodSeconds\n"
        "  found: Invalid value: 5: must not be set for readinessProbes\n"
        "  next: remove it: a readiness probe never ends a container"
    )


def test_restart_policies_of_containers_by_version() -> None:
    """Restart rules are refused by versions that do not know them."""
    own = pod(container(restartPolicy="Never"))
    every = with_rule(action="RestartAllContainers", exitCodes={"operator": "In", "values": [42]})

    assert said(own, 36) == []
    assert said(own, 34) == [
        f"{FIRST}.restartPolicy: Forbidden: may not be set for non-init containers"
    ]
    assert said(every, 36) == []
    assert len(said(every, 35)) == 1


def test_sidecars_by_version() -> None:
    """restartPolicy of an init container means nothing before 1.29, and only Always before 1.35."""
    sidecar = pod(container(), init=(container("s", restartPolicy="Always", livenessProbe=GET),))
    once = pod(container(), init=(container("s", restartPolicy="Never"),))
    path = "spec.initContainers[0].restartPolicy"

    assert said(sidecar, 29) == []
    assert said(sidecar, 28) == [
        f"{path}: Forbidden: sidecar containers begin with Kubernetes 1.29"
    ]
    assert said(once, 35) == []
    assert said(once, 33) == [f'{path}: Unsupported value: "Never": supported values: "Always"']


def test_pod_level_resources_by_version() -> None:
    """A request that the version would not count is not silently left out."""
    one = pod(resources=resources({"cpu": "1"}))

    assert said(one, 34) == []
    assert said(one, 33)[0].startswith("spec.resources: Forbidden")


@pytest.mark.parametrize("name", NAMES)
def test_recorded_pods_are_admitted(name: str) -> None:
    """What a real API server accepted is not refused."""
    recorded = msgspec.convert(recording(name)["manifest"], Pod)

    assert said(recorded) == []


numbers = st.one_of(st.none(), st.integers(min_value=-(2**70), max_value=2**70))
texts = st.one_of(st.text(max_size=5), st.sampled_from(["1", "-1", "1Gi", "1e99", "0.1", "cpu"]))


@given(numbers, numbers, texts, texts, st.dictionaries(texts, texts, max_size=3))
def test_no_input_breaks_the_check(
    number: int | None, other: int | None, name: str, port: str, amounts: dict[str, str]
) -> None:
    """Whatever stands in a manifest, the answer is a list of violations or a stored pod."""
    numbers = {"periodSeconds": number, "terminationGracePeriodSeconds": other}
    one = pod(
        container(
            name,
            livenessProbe={"httpGet": {"port": port}, **numbers},
            resources={"limits": amounts, "requests": amounts},
        ),
        activeDeadlineSeconds=number,
    )
    found = violations(one, of(36))

    assert all(violation.path and violation.problem for violation in found)
    if not found:
        assert admit(one, of(36)).spec.containers[0].name == name
