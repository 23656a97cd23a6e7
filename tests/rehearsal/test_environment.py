"""What a container finds in its environment, and what in it keeps a container from starting."""

from typing import Any

import pytest
from tests.rehearsal.play import pod_of

from holdfast.model.pod import Pod
from holdfast.rehearsal.environment import (
    ConfigurationError,
    Place,
    environment_of,
    literals_of,
)
from holdfast.rehearsal.expansion import expand
from holdfast.rehearsal.given_data import Data, Given

PLACE = Place("198.18.0.2", "this-computer", "198.18.0.1", 4.0, 8 << 30)
DATA: Data = {
    Given("ConfigMap", "settings"): {"mode": b"fast", "level": b"3"},
    Given("Secret", "keys"): {"one": b"\xff1"},
}


def found(*env: dict[str, Any], pod: Pod | None = None, **container: Any) -> dict[str, str]:
    """The environment of a container with these variables."""
    pod = pod_of({"env": [*env], **container}) if pod is None else pod
    return environment_of(pod, pod.spec.containers[0], DATA, PLACE)


def refused(*env: dict[str, Any], **container: Any) -> str:
    """Why a container cannot be made."""
    with pytest.raises(ConfigurationError) as error:
        found(*env, **container)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$(A)-$(B)", "1-2"),
        ("$(C) stays", "$(C) stays"),
        ("$$(A) and $$$(A)", "$(A) and $1"),
        ("$A ${A} $(A", "$A ${A} $(A"),
        ("$()", "$()"),
    ],
)
def test_references(text: str, expanded: str) -> None:
    """As the kubelet's own expansion: unknown names stay, two dollars are one."""
    assert expand(text, {"A": "1", "B": "2"}) == expanded


def test_later_variables_refer_to_earlier_ones() -> None:
    """In order; envFrom comes first, and env replaces what it gave."""
    source = {"configMapRef": {"name": "settings"}, "prefix": "S_"}
    variables = (
        {"name": "LATE", "value": "$(EARLY)"},
        {"name": "EARLY", "value": "$(S_mode)"},
        {"name": "AGAIN", "value": "$(EARLY)"},
        {"name": "S_level", "value": "4"},
    )

    values = found(*variables, envFrom=[source])

    assert values["LATE"] == "$(EARLY)"
    assert values["AGAIN"] == "fast"
    assert values["S_level"] == "4"


def test_of_this_computer_only_the_way_to_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret of the person's shell does not reach the program by accident."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hers")

    assert found().keys() == {"PATH", "HOME", "HOSTNAME"}
    assert found({"name": "PATH", "value": "/app"})["PATH"] == "/app"


def test_fields_of_the_pod() -> None:
    """Names, labels, and what its status and node say."""
    paths = {
        "metadata.name": "web",
        "metadata.namespace": "default",
        "status.podIP": PLACE.pod_ip,
        "status.hostIP": PLACE.node_ip,
        "spec.nodeName": PLACE.node_name,
        "spec.serviceAccountName": "default",
        "metadata.labels['app']": "",
    }

    for path, value in paths.items():
        field = {"name": "X", "valueFrom": {"fieldRef": {"fieldPath": path}}}
        assert found(field)["X"] == value
    field = {"name": "X", "valueFrom": {"fieldRef": {"fieldPath": "spec.hostname"}}}
    assert refused(field) == "unsupported fieldPath: spec.hostname"


@pytest.mark.parametrize(
    ("resource", "divisor", "value"),
    [
        ("limits.memory", None, str(64 << 20)),
        ("limits.memory", "1Mi", "64"),
        ("limits.cpu", "1m", "1500"),
        ("limits.cpu", None, "2"),
        ("requests.cpu", "1m", "0"),
    ],
)
def test_amounts_of_resources(resource: str, divisor: str | None, value: str) -> None:
    """In units of the divisor, rounded up; no request is 0."""
    selector = {"resource": resource, "divisor": divisor}
    variable = {"name": "X", "valueFrom": {"resourceFieldRef": selector}}
    pod = pod_of({"env": [variable], "resources": {"limits": {"memory": "64Mi", "cpu": "1500m"},
                                                   "requests": {"cpu": 0}}})  # fmt: skip

    assert found(pod=pod)["X"] == value


def test_without_a_limit_the_node_is_the_limit() -> None:
    """What a heap is sized by when nobody has set one (GOMEMLIMIT, MaxRAM)."""
    variables = [
        {"name": name, "valueFrom": {"resourceFieldRef": {"resource": f"limits.{name}"}}}
        for name in ("memory", "cpu")
    ]

    values = found(*variables)

    assert (values["memory"], values["cpu"]) == (str(PLACE.memory_bytes), "4")
    unknown = {"name": "X", "valueFrom": {"resourceFieldRef": {"resource": "limits.gpu"}}}
    assert refused(unknown) == "unsupported container resource: limits.gpu"


def test_keys_that_are_missing() -> None:
    """In the kubelet's words; optional ones are left out."""

    def key(name: str, wanted: str, **more: bool) -> dict[str, Any]:
        reference = {"name": name, "key": wanted, **more}
        return {"name": "X", "valueFrom": {"configMapKeyRef": reference}}

    assert found(key("settings", "mode"))["X"] == "fast"
    assert refused(key("gone", "a")) == 'configmap "gone" not found'
    assert refused(key("settings", "a")) == "couldn't find key a in ConfigMap default/settings"
    assert "X" not in found(key("settings", "a", optional=True))
    assert "X" not in found(key("gone", "a", optional=True))
    whole = {"secretRef": {"name": "gone"}}
    assert refused(envFrom=[whole]) == 'secret "gone" not found'
    assert found(envFrom=[{"secretRef": {"name": "gone", "optional": True}}]).keys() == {
        "PATH", "HOME", "HOSTNAME",
    }  # fmt: skip


def test_probes_know_literals_only() -> None:
    """$(VAR) in a probe's command is a variable with a value of its own (kubelet.md 1.8)."""
    field = {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    pod = pod_of({"env": [{"name": "PORT", "value": "80"}, field]})

    assert literals_of(pod.spec.containers[0]) == {"PORT": "80"}
