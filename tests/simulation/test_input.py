"""Manifests, settings, nodes and presets on their way into a scenario."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.scenarios import manifest, scenario, subject

from holdfast.cli.simulation_input import (
    InputError,
    merged,
    read_manifest,
    read_nodes,
    read_preset,
)
from holdfast.cli.targets import parse_target
from holdfast.kubelet.violation import AdmissionError
from holdfast.simulation.cpu_share import fair_share
from holdfast.simulation.room import room
from holdfast.simulation.set_field import SetError, set_in_object, set_in_workload
from holdfast.simulation.subject import Replacement, SubjectError

KINDS = (
    ("Pod", 1, Replacement.NEVER),
    ("Deployment", 3, Replacement.ROLLING),
    ("StatefulSet", 3, Replacement.ORDERED),
    ("DaemonSet", 3, Replacement.ORDERED),
    ("ReplicaSet", 3, Replacement.NEVER),
    ("Rollout", 3, Replacement.NEVER),
)


@pytest.mark.parametrize(("kind", "replicas", "replacement"), KINDS)
def test_everything_with_a_template_is_a_subject(
    kind: str, replicas: int, replacement: Replacement
) -> None:
    """Owners give their template, how many of it, and how they replace it."""
    found = subject(manifest(kind))

    assert (found.replicas, found.replacement) == (replicas, replacement)
    assert found.name == f"{kind.lower()}/api"
    assert found.pod.spec.containers[0].name == "app"
    assert found.pod_named("api-1").metadata.uid != found.pod_named("api-2").metadata.uid


def test_jobs_run_their_parallelism() -> None:
    """A Job has parallelism, a CronJob a Job inside."""
    template = manifest("Job")["spec"]["template"]
    template["spec"]["restartPolicy"] = "Never"
    job = {
        "kind": "Job",
        "metadata": {"name": "j"},
        "spec": {"parallelism": 4, "template": template},
    }
    cron = {
        "kind": "CronJob",
        "metadata": {"name": "c"},
        "spec": {"jobTemplate": {"spec": job["spec"]}},
    }

    assert subject(job).replicas == subject(cron).replicas == 4
    assert subject(cron).finite


def test_impossible_pods_are_refused_as_the_server_would() -> None:
    """A simulation of what nobody can apply would mislead."""
    with pytest.raises(AdmissionError, match=r"periodSeconds"):
        subject(manifest(livenessProbe={"tcpSocket": {"port": 80}, "periodSeconds": -1}))
    with pytest.raises(SubjectError, match="expected what the API of Kubernetes accepts"):
        subject(manifest(livenessProbe={"periodSeconds": "often"}))


POD_SPEC = ("spec", "template", "spec")
APP = (*POD_SPEC, "containers", 0)
SET: tuple[tuple[str, object, tuple[str | int, ...]], ...] = (
    ("app.image", "b:2", (*APP, "image")),
    ("spec.replicas", 5, ("spec", "replicas")),
    ("hostNetwork", True, (*POD_SPEC, "hostNetwork")),
    ("spec.template.spec.containers[app].image", "c", (*APP, "image")),
    ("containers[0].image", "d", (*APP, "image")),
    ("app.resources.limits.memory", "1Gi", (*APP, "resources", "limits", "memory")),
)


@pytest.mark.parametrize(("path", "value", "place"), SET)
def test_setting_reaches_its_field(path: str, value: object, place: tuple[str | int, ...]) -> None:
    """Full paths, paths below the pod's spec, paths below a container; the original stays."""
    before = manifest()
    inner: Any = set_in_object(before, path, value)
    for step in place:
        inner = inner[step]

    assert inner == value
    assert before == manifest()


def test_setting_can_remove() -> None:
    """null takes a field out."""
    changed = set_in_object(manifest(), "app.readinessProbe", None)

    assert "readinessProbe" not in changed["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("path", ["", ".", "a..b", "app.[0", "a b.[", "app.image.name.first"])
def test_path_that_leads_nowhere_is_an_error(path: str) -> None:
    """A setting that does nothing proves nothing."""
    with pytest.raises(SetError):
        set_in_object(manifest(), path, 1)


def test_setting_of_the_workload() -> None:
    """The container may be named directly."""
    given_: dict[str, Any] = {"containers": {"app": {"memory": {"start": "1Mi"}}}}

    assert set_in_workload(given_, "workload.app.memory.start", "2Mi") == {
        "containers": {"app": {"memory": {"start": "2Mi"}}}
    }
    assert set_in_workload({}, "workload.traffic.perSecond", 5) == {"traffic": {"perSecond": 5}}


def test_workload_adds_to_a_preset() -> None:
    """Entries of the own file stand over those of the preset, the others stay."""
    own = {"apiVersion": "holdfast/v1", "kind": "Workload", "containers": {"app": {"ports": [1]}}}
    both = merged(read_preset("dependency-outage"), own)

    assert set(both["containers"]) == {"*", "app"}
    assert "database" in both["dependencies"]
    assert merged(None, None)["kind"] == "Workload"


def test_one_object_is_chosen_among_several(tmp_path: Path) -> None:
    """A file with Services and two Deployments needs a name; a Service is no pod."""
    file = tmp_path / "all.yaml"
    file.write_text(
        "kind: Service\nmetadata: {name: web}\nspec: {ports: []}\n---\n"
        "kind: List\nitems:\n"
        "- {kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: []}}}}\n"
        "- {kind: Deployment, metadata: {name: b}, spec: {template: {spec: {containers: []}}}}\n"
    )

    assert read_manifest(str(file), parse_target("deploy/b"))["metadata"]["name"] == "b"
    with pytest.raises(InputError, match="2 objects with pods: Deployment/a, Deployment/b"):
        read_manifest(str(file), None)


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    """A tab in the wrong place is found."""
    file = tmp_path / "broken.yaml"
    file.write_text("kind: Pod\nspec:\n\t- x\n")

    with pytest.raises(InputError, match=r"broken\.yaml:3"):
        read_manifest(str(file), None)


def test_nodes_from_text_and_from_a_cluster(tmp_path: Path) -> None:
    """As one thinks of them, or as kubectl prints them."""
    file = tmp_path / "nodes.yaml"
    file.write_text(
        "kind: NodeList\nitems:\n- kind: Node\n  metadata: {name: n1}\n"
        "  status: {allocatable: {cpu: 1900m, memory: 6Gi}, capacity: {cpu: 2, memory: 8Gi}}\n"
    )
    nodes = read_nodes(("cpu=4,memory=16Gi,count=2", str(file)))

    assert [node.metadata.name for node in nodes] == ["node-1", "node-2", "n1"]
    for text in (
        "cpu=4,memory=16Gi,disk=1",
        "cpu=-1,memory=1Gi",
        "cpu=1,memory=1Gi,count=0",
        "cpu=x,memory=y",
    ):
        with pytest.raises(InputError, match="--node"):
            read_nodes((text,))


OTHERS = st.lists(st.tuples(st.floats(2, 4096), st.floats(0, 32)), max_size=6)


@settings(max_examples=100, deadline=None)
@given(st.floats(0.5, 64), st.floats(2, 4096), OTHERS)
def test_processors_are_shared_fairly(
    cores: float, weight: float, others: list[tuple[float, float]]
) -> None:
    """Never less than the part by weight, never more than there is, all of it when nobody asks."""
    share = fair_share(cores, weight, others)
    weights = weight + sum(other[0] for other in others)

    assert cores * weight / weights <= share * (1 + 1e-9)
    assert share <= cores * (1 + 1e-9)
    assert fair_share(cores, weight, []) == cores
    assert fair_share(cores, weight, [(w, 0.0) for w, _ in others]) == pytest.approx(cores)
    more = fair_share(cores, weight * 2, others)
    assert more >= share * (1 - 1e-9)


def test_room_on_nodes_is_told() -> None:
    """Overcommit, and what asks for nothing, before anything happens."""
    value = manifest(resources={"requests": {"cpu": "500m"}})
    memory = {"requests": {"memory": "1Gi"}, "limits": {"memory": "6Gi"}}
    greedy = manifest(replicas=2, resources=memory)
    given_ = scenario(value, nodes=("cpu=4,memory=8Gi",), beside={"greedy": (greedy, {})})

    assert list(room(given_)) == [
        "node-1: cpu requests 38 %, limits 0 %; memory requests 25 %, limits 150 %",
        "deployment/api requests no memory for app: no node keeps any for it",
        "deployment/greedy requests no cpu for app: no node keeps any for it",
    ]
    assert list(room(scenario(value))) == []
