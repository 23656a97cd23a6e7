"""The engine behind the rules: positions, hostile documents, crashes, duplicates, large streams."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.cli import inspect_files
from holdfast.cli.api_schema import ApiSchema
from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import TextFile, read_files
from holdfast.kubelet.behaviour import NEWEST
from holdfast.lint import parts, world
from holdfast.lint.catalogue import Entry
from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Problem
from holdfast.lint.world import World
from holdfast.model.hazard import Inspection, UnexaminedReason
from holdfast.model.rule import Audience, Confidence, Rule, Severity

_POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{{name: a, image: "a:1.0.0"}}]
"""
POD = _POD.format(name="a")


def check(text: str, *rules: str) -> Inspection:
    """One text with some rules."""
    return inspect([TextFile("f.yaml", text)], Wanted(only=frozenset(rules or ("HF204",))))


def covered(text: str, inspection: Inspection) -> list[str]:
    """What the places of the hazards cover."""
    return [text[h.place.span.start : h.place.span.end] for h in inspection.hazards]


@pytest.mark.parametrize(
    "text",
    [
        POD,
        "\ufeff" + POD,
        POD.replace("\n", "\r\n"),
        f"# first\n---\n---\n{POD}",
        POD + "---\n# nothing\n",
        POD.replace("Seconds: 0", "Seconds:\t0"),
    ],
    ids=["plain", "bom", "crlf", "documents", "comment document", "tab"],
)
def test_place_covers_the_field(text: str) -> None:
    """Offsets, line and column are those of the file, whatever stands before."""
    inspection = check(text)
    place = inspection.hazards[0].place
    line = text.split("\n")[place.span.line - 1].removeprefix("\ufeff")

    assert covered(text, inspection)[0].startswith("terminationGracePeriodSeconds:")
    assert line[place.span.column - 1 : place.end_column - 1] == covered(text, inspection)[0]
    assert place.path == "spec.terminationGracePeriodSeconds"


def test_place_in_flow_style_anchor_and_alias() -> None:
    """A value that is written elsewhere is found where it is used."""
    text = (
        "x: &grace 0\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
        'spec: {terminationGracePeriodSeconds: *grace, containers: [{name: a, image: "a:1"}]}\n'
    )
    assert covered(text, check(text)) == ["terminationGracePeriodSeconds: *grace"]


def test_lists_and_custom_resources_are_searched() -> None:
    """Items of a List, and pod templates wherever a kind embeds them."""
    listed = (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n"
        "  spec:\n    terminationGracePeriodSeconds: 0\n    containers: [{name: a, image: a}]\n"
    )
    custom = (
        "apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: a}\nspec:\n  ships:\n"
        "  - template:\n      spec:\n        terminationGracePeriodSeconds: 0\n"
        "        containers: [{name: a, image: a}]\n"
    )
    assert len(check(listed).hazards) == 1
    assert check(custom).hazards[0].place.path == (
        "spec.ships[0].template.spec.terminationGracePeriodSeconds"
    )


def test_items_of_a_typed_list_get_their_kind_from_it() -> None:
    """`kubectl get --raw` writes kind and version once; an empty list is no object."""
    listed = (
        "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n"
        "  spec:\n    terminationGracePeriodSeconds: 0\n    containers: [{name: a, image: a}]\n"
        "---\napiVersion: apps/v1\nkind: DeploymentList\nitems: null\n"
    )
    inspection = check(listed)

    assert [(h.kind, h.name) for h in inspection.hazards] == [("Pod", "a")]
    assert inspection.examined.objects == 1


def test_template_of_a_rendered_object() -> None:
    """A finding in the output of Helm or kustomize leads to the file that somebody can change."""
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {0}\n{1}"
        "spec: {{terminationGracePeriodSeconds: 0, containers: [{{name: a, image: a}}]}}\n"
    )
    origin = "  annotations: {config.kubernetes.io/origin: 'path: ../base/pod.yaml\n\n  '}\n"
    text = (
        "---\n# Source: web/templates/a.yaml\n# Copyright\n"
        + pod.format("a", "")
        + "---\n# Source: web/templates/b.yaml\n"
        + pod.format("b", "")
        + "---\n"
        + pod.format("c", "")
        + "---\n"
        + pod.format("d", origin)
    )
    found = {hazard.name: hazard.template for hazard in check(text).hazards}

    assert found == {
        "a": "web/templates/a.yaml",
        "b": "web/templates/b.yaml",
        "c": "",
        "d": "../base/pod.yaml",
    }


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 5000,
        "a: [1, 2",
        "\tb: 1",
        "a: *nowhere",
        "? [a, b]\n: c",
        "a: \x00",
        "a: &a [x]\nb: &b [" + "*a, " * 30 + "]\nc: [" + "*b, " * 4000 + "]",
    ],
    ids=["deep", "open", "tab", "alias", "key", "control", "bomb"],
)
def test_hostile_document_costs_no_other(hostile: str) -> None:
    """It is told with its line, and the documents around it are checked."""
    text = f"{POD}---\n{hostile}\n---\n{_POD.format(name='b')}"
    inspection = check(text)

    assert [h.name for h in inspection.hazards] == ["a", "b"]
    assert [u.reason for u in inspection.unexamined] == [UnexaminedReason.BROKEN]
    assert inspection.unexamined[0].line >= 8


@pytest.mark.parametrize(
    "body",
    [
        "metadata: null",
        "spec: null",
        "spec: []",
        "spec: {containers: null}",
        "spec: {containers: [null, 3, x]}",
        "spec: {containers: [{}]}",
        "spec: {containers: [{name: a, image: 3, env: {}, ports: x, resources: [1]}]}",
        "spec: {containers: [{name: a, livenessProbe: [], lifecycle: 3}], volumes: {a: b}}",
        "spec: {terminationGracePeriodSeconds: soon, containers: [{name: a, image: a}]}",
    ],
)
@pytest.mark.parametrize("kind", ["Pod", "Deployment", "CronJob", "Service", "Unknown"])
def test_odd_objects_crash_no_rule(kind: str, body: str) -> None:
    """Fields of any type are told as faults or left alone; no rule is lost over them."""
    text = f"apiVersion: v1\nkind: {kind}\n{body}\n"
    if kind == "Deployment":
        inner = body.replace("\n", "\n  ")
        text = f"apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    {inner}\n"
    inspection = inspect([TextFile("f", text)], Wanted(audiences=ALL, schema=SCHEMA))

    assert [u for u in inspection.unexamined if u.reason is UnexaminedReason.RULE_CRASHED] == []


ODD = ("null", "3", "x", "[]", "{}", "[null, 3, x]", "[{}]", "{a: b}", "[[x]]")


@pytest.mark.parametrize(
    "template",
    [
        "kind: LimitRange\nspec: {limits: @}",
        "kind: LimitRange\nspec: {limits: [{default: @, type: @}]}",
        "kind: ResourceQuota\nspec: {hard: @}",
        "kind: Node\nstatus: {allocatable: @}",
        "kind: Ingress\nspec: {rules: @}",
        "kind: Ingress\nspec: {rules: [{http: @}, {http: {paths: @}}, {http: {paths: [@]}}]}",
        "kind: HorizontalPodAutoscaler\nspec: {metrics: @, scaleTargetRef: @}",
        "kind: HorizontalPodAutoscaler\nspec: {metrics: [{resource: @}, {resource: {target: @}}]}",
        "kind: VerticalPodAutoscaler\nspec: {targetRef: @, resourcePolicy: {containerPolicies: @}}",
        "kind: ScaledObject\nspec: {triggers: @, fallback: @}",
        "kind: ScaledObject\nspec: {triggers: [{type: prometheus, metadata: @}]}",
        "kind: PeerAuthentication\nspec: {mtls: @, selector: @, portLevelMtls: @}",
        "kind: KubeletConfiguration\nevictionHard: @\nevictionSoft: @\nshutdownGracePeriod: @",
        "kind: Kustomization\nimages: @\nspec: @",
        "kind: PodDisruptionBudget\nspec: {selector: @, minAvailable: @, maxUnavailable: @}",
        "kind: ConfigMap\ndata: @\nimmutable: @",
    ],
)
def test_odd_values_beside_a_workload_crash_no_rule(template: str) -> None:
    """Kinds that rules look into for a workload's sake hold what they like."""
    workload = (
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n"
        "  template:\n    metadata: {labels: {app: api}, annotations: "
        '{sidecar.istio.io/rewriteAppHTTPProbers: "false"}}\n    spec: {containers: [{name: api, '
        "image: a, envFrom: [{configMapRef: {name: api}}], "
        "readinessProbe: {tcpSocket: {port: 1}}}]}\n"
    )
    for odd in ODD:
        text = f"apiVersion: v1\nmetadata: {{name: api}}\n{template.replace('@', odd)}\n{workload}"
        inspection = inspect([TextFile("f", text)], Wanted(audiences=ALL, schema=SCHEMA))
        assert inspection.unexamined == (), odd


ALL = frozenset(Audience)
SCHEMA = ApiSchema(NEWEST)


def test_crash_of_a_rule_is_told_and_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule, the file and the object are named; all other findings are there."""

    def crash(container: ContainerSubject) -> Iterator[Problem]:
        yield container.problem("before", "image")
        raise ZeroDivisionError(container.name)

    def sound(subject: ObjectSubject) -> Iterator[Problem]:
        yield subject.problem("sound", "kind")

    rules = [
        Entry(Rule("XX1", "x", Severity.LOW, Confidence.LIKELY, ()), checks, "", "")
        for checks in ({"check_container": crash}, {"check_object": sound})
    ]
    monkeypatch.setattr(inspect_files, "catalogue", lambda: tuple(rules))
    inspection = inspect([TextFile("f.yaml", POD)], Wanted())

    assert sorted(h.message for h in inspection.hazards) == ["before", "sound"]
    crashed = inspection.unexamined[0]
    assert crashed.reason is UnexaminedReason.RULE_CRASHED
    assert crashed.file == "f.yaml"
    assert "XX1" in crashed.what
    assert "ZeroDivisionError" in crashed.what


def test_same_block_rendered_many_times_is_one_finding() -> None:
    """A chart that renders one object forty times has one hazard with forty places."""
    inspection = check("---\n".join([POD] * 40))

    assert len(inspection.hazards) == 1
    assert len(inspection.hazards[0].also_at) == 39


def test_long_streams_are_read_whole() -> None:
    """Every document of a long stream is examined, and the last line is where it should be."""
    text = "---\n".join(_POD.format(name=f"p{number}") for number in range(3000))
    inspection = check(text)

    assert inspection.examined.documents == 3000
    assert len(inspection.hazards) == 3000
    assert max(h.place.span.line for h in inspection.hazards) == text.count("\n") - 1


@pytest.mark.parametrize(
    ("namespace", "directories", "expected"),
    [
        ("", ("", ""), Confidence.CERTAIN),
        ("", ("dev/", "prod/"), Confidence.LIKELY),
        (", namespace: shop", ("dev/", "prod/"), Confidence.CERTAIN),
    ],
)
def test_objects_of_two_directories_may_never_meet(
    namespace: str, directories: tuple[str, str], expected: Confidence
) -> None:
    """Without a namespace two directories may be two environments, and nothing is certain."""
    pod = (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a{namespace}, labels: {{app: a}}}}\n"
        "spec: {containers: [{name: a, image: 'a:1.0.0'}]}\n"
    )
    budgets = [
        f"apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: {name}{namespace}}}\n"
        "spec: {maxUnavailable: 1, selector: {matchLabels: {app: a}}}\n"
        for name in ("one", "two")
    ]
    texts = [pod + "---\n" + budgets[0], budgets[1]]
    files = [TextFile(f"{d}f{n}.yaml", texts[n]) for n, d in enumerate(directories)]
    (hazard,) = inspect(files, Wanted(only=frozenset({"HF614"}))).hazards

    assert hazard.confidence is expected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told_and_not_lost(tmp_path: Path, encoding: str) -> None:
    """kubectl drops all documents but the first, so the file is told with what to do."""
    (tmp_path / "f.yaml").write_bytes(("\ufeff" + POD + "---\n" + POD).encode(encoding))
    inspection = inspect(read_files([str(tmp_path)]), Wanted())

    assert [u.reason for u in inspection.unexamined] == [UnexaminedReason.BROKEN]
    assert "save it as UTF-8" in inspection.unexamined[0].what


def test_crash_of_a_part_is_told_for_its_rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be worked out of a container hides nothing that needs none of it."""

    def crash(container: ContainerSubject) -> Iterator[Problem]:
        raise ZeroDivisionError(container.name)

    monkeypatch.setitem(parts.PARTS, "check_command", crash)
    text = POD.replace('"a:1.0.0"', '"a:1.0.0", command: [alembic, upgrade, head]')
    inspection = check(text, "HF204", "HF720")

    assert [hazard.rule.id for hazard in inspection.hazards] == ["HF204"]
    crashed = inspection.unexamined[0]
    assert crashed.reason is UnexaminedReason.RULE_CRASHED
    assert "HF720 on Pod/a container a: ZeroDivisionError" in crashed.what


@pytest.mark.parametrize("kept", [0, 1, 100])
def test_pods_that_are_not_kept_are_examined_all_the_same(
    kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many decoded pods a run keeps at hand decides what it costs, and nothing else."""
    monkeypatch.setattr(world, "_KEPT_PODS", kept)
    names = ("a", "b", "c")
    texts = [_POD.format(name=name).replace(":1.0.0", "") for name in names]
    inspection = check("---\n".join(texts), "HF204", "HF501")

    assert sorted((h.rule.id, h.name) for h in inspection.hazards) == [
        (rule, name) for rule in ("HF204", "HF501") for name in names
    ]


def test_kinds_bound_what_a_rule_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule with KINDS hears of objects and pods of these kinds, and of no others."""
    heard = []

    def hear(subject: ObjectSubject | PodSubject, *_: World) -> Iterator[Problem]:
        heard.append((type(subject), subject.kind))
        yield from ()

    rule = Rule("XX1", "x", Severity.LOW, Confidence.LIKELY, ())
    checks = {"check_object": hear, "check_pod": hear, "check_pod_in": hear}
    entry = Entry(rule, checks, "", "", frozenset({"Pod"}))
    monkeypatch.setattr(inspect_files, "catalogue", lambda: (entry,))
    deployment = "kind: Deployment\nspec: {template: {spec: {containers: [{name: a}]}}}\n"
    inspection = inspect([TextFile("f.yaml", f"{POD}---\n{deployment}")], Wanted())

    assert inspection.examined.workloads == 2
    assert heard == [(ObjectSubject, "Pod"), (PodSubject, "Pod"), (PodSubject, "Pod")]
