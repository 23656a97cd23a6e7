"""Objects against the schemas of Kubernetes: what is refused, what is not known, which versions."""

import sys

import pytest
from tests.house.noise_page import CORPUS

from holdfast.cli.api_schema import ApiSchema, SchemaError
from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import TextFile, read_files
from holdfast.kubelet.behaviour import NEWEST, OLDEST
from holdfast.lint.refusals import Fault, Refusal
from holdfast.model.node import KubernetesVersion
from holdfast.model.rule import Confidence
from holdfast.sources.schemas.read_schemas import read_schemas

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "api", "labels": {"app": None, "tier": 3}},
    "spec": {
        "replicas": "3",
        "replica": 3,
        "template": {
            "spec": {
                "containers": [
                    {
                        "name": "api",
                        "resources": {"limits": {"memory": None, "cpu": 1}},
                        "ports": [{"containerPort": 80, "protocol": None}],
                        "livenessProbe": {"httpGet": {"path": "/"}},
                    }
                ]
            }
        },
    },
}


@pytest.fixture(scope="module")
def schema() -> ApiSchema:
    """The schemas of the newest version."""
    return ApiSchema(NEWEST)


def test_refusals_name_the_field_and_the_fault(schema: ApiSchema) -> None:
    """Types, unknown fields and missing ones; null is a field that is not there."""
    found = schema.refusals("apps/v1", "Deployment", DEPLOYMENT)
    probe = ("spec", "template", "spec", "containers", 0, "livenessProbe", "httpGet")

    assert found is not None
    assert set(found) == {
        Refusal(Fault.TYPE, ("metadata", "labels", "tier"), "expected string"),
        Refusal(Fault.TYPE, ("spec", "replicas"), "expected integer"),
        Refusal(Fault.UNKNOWN, ("spec", "replica"), "replica is no field of spec"),
        Refusal(Fault.MISSING, ("spec",), "spec needs selector"),
        Refusal(
            Fault.MISSING, probe, f"{'spec.template.spec.containers[0].livenessProbe.httpGet'} "
            "needs port"
        ),
    }  # fmt: skip


def test_kind_without_a_schema_is_not_validated(schema: ApiSchema) -> None:
    """A custom resource is neither right nor wrong."""
    assert schema.refusals("example.com/v1", "Fleet", {"any": "thing"}) is None


@pytest.mark.parametrize("minor", range(OLDEST.minor, NEWEST.minor + 1))
def test_every_version_has_the_kinds_of_workloads(minor: int) -> None:
    """A version without its definitions would validate nothing, silently."""
    schemas = read_schemas(KubernetesVersion(1, minor))
    kinds = {("apps/v1", "Deployment"), ("batch/v1", "CronJob"), ("v1", "Pod"), ("v1", "Service")}
    sidecars = "restartPolicy" in schemas.definitions["io.k8s.api.core.v1.Container"]["properties"]

    assert kinds <= schemas.names.keys()
    assert (("policy/v1beta1", "PodSecurityPolicy") in schemas.names) is False
    assert sidecars is (minor >= 28)


def test_ordinary_manifests_are_accepted(schema: ApiSchema) -> None:
    """No field of the corpus is refused; custom resources are counted by their kinds."""
    rules = frozenset({"HF712", "HF728", "HF730"})
    inspection = inspect(read_files([str(CORPUS)]), Wanted(only=rules, schema=schema))
    examined = inspection.examined

    assert inspection.hazards == ()
    assert examined.not_validated["Rollout"] == 1
    assert examined.validated + sum(examined.not_validated.values()) == examined.objects


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is not there is told, and is no traceback."""
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    with pytest.raises(SchemaError, match=r"pip install 'holdfast\[schema\]'"):
        ApiSchema(NEWEST)


def test_fault_is_told_once(schema: ApiSchema) -> None:
    """What the rule knows without a schema is not told again with it."""
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"
        "  - {name: a, image: 'a:1.0.0', livenessprobe: {}, env: [{name: A, value: yes}]}\n"
    )
    rules = frozenset({"HF712", "HF728"})
    without = inspect([TextFile("f", text)], Wanted(only=rules))
    with_schema = inspect([TextFile("f", text)], Wanted(only=rules, schema=schema))

    assert len(without.hazards) == 2
    assert with_schema.hazards == without.hazards


CUSTOM = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: fleets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Fleet, plural: fleets}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: {type: integer}
                mode: {type: string, enum: [fast, safe]}
                port: {x-kubernetes-int-or-string: true}
                labels: {type: object, additionalProperties: {type: string}}
                anything: {type: object, x-kubernetes-preserve-unknown-fields: true}
                pods: {type: array, items: {type: object, x-kubernetes-embedded-resource: true}}
"""
FLEET = "apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: a, labels: {a: b}}\nspec: {}\n"
PODS = "pods: [{apiVersion: v1, kind: Pod, metadata: {name: a}"


def fleet(schema: ApiSchema, spec: str, *definitions: str) -> list[tuple[str, str]]:
    """What is told of a custom resource, read before its definitions: rule and path."""
    texts = [FLEET.replace("{}", f"{{{spec}}}"), *definitions]
    files = [TextFile(f"{number}.yaml", text) for number, text in enumerate(texts)]
    rules = frozenset({"HF712", "HF728", "HF730"})
    inspection = inspect(files, Wanted(only=rules, schema=schema))
    validated = inspection.examined.validated - len(definitions)
    assert validated + inspection.examined.not_validated.get("Fleet", 0) == 1
    return [(h.rule.id, h.place.path) for h in inspection.hazards if h.kind == "Fleet"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("size: 3, mode: fast, port: http, anything: {a: {b: 1}}, labels: {x: why}", []),
        ("size: 3, mode: null, port: 80, " + PODS + "}]", []),
        ("size: 3, color: red", [("HF728", "spec.color")]),
        ("size: 3, " + PODS + ", spec: {}}]", [("HF728", "spec.pods[0].spec")]),
        ("size: '3', mode: slow", [("HF712", "spec.size"), ("HF712", "spec.mode")]),
        ("mode: safe", [("HF730", "spec")]),
        ("size: 3, labels: {x: 1}", [("HF712", "spec.labels.x")]),
    ],
)
def test_definition_brings_the_schema_of_its_kind(
    schema: ApiSchema, spec: str, expected: list[tuple[str, str]]
) -> None:
    """Types, values, missing fields, and fields that the API would prune silently."""
    assert fleet(schema, spec, CUSTOM) == expected
    assert fleet(schema, spec) == []


@pytest.mark.parametrize(
    "others",
    [
        (CUSTOM.replace("size: {type: integer}", "size: {type: string}"), CUSTOM),
        (CUSTOM.replace("served: true", "served: false"),),
        (CUSTOM.replace("name: v1\n", "name: v2\n"),),
    ],
    ids=["two definitions", "not served", "another version"],
)
def test_definition_in_doubt_is_not_asked(schema: ApiSchema, others: tuple[str, ...]) -> None:
    """Which of two is installed is not known, and what is not served has no objects."""
    assert fleet(schema, "color: red", *others) == []


def test_definition_itself_is_accepted(schema: ApiSchema) -> None:
    """Its own schema has fields that other schemas have as keywords."""
    text = CUSTOM.replace(
        "size: {type: integer}", "size: {oneOf: [{type: integer}], x-kubernetes-list-type: atomic}"
    )
    rules = frozenset({"HF712", "HF728", "HF730"})

    assert inspect([TextFile("f", text)], Wanted(only=rules, schema=schema)).hazards == ()


def test_kustomization_may_add_what_is_missing(schema: ApiSchema) -> None:
    """commonLabels make the selector, so that its lack is likely only."""
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n"
        "    spec: {containers: [{name: a, image: 'a:1.0.0'}]}\n"
    )
    kustomization = "kind: Kustomization\nresources: [a.yaml]\ncommonLabels: {app: a}\n"
    wanted = Wanted(only=frozenset({"HF730"}), schema=schema)
    alone = inspect([TextFile("d/a.yaml", deployment)], wanted)
    beside = TextFile("d/kustomization.yaml", kustomization)
    built = inspect([TextFile("d/a.yaml", deployment), beside], wanted)

    assert [h.confidence for h in alone.hazards] == [Confidence.CERTAIN]
    assert [h.confidence for h in built.hazards] == [Confidence.LIKELY]
