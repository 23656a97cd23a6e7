"""The workload language: what it accepts, what it refuses and how, and that its page is true."""

import copy
from typing import Any

import pytest
import yaml
from tests.simulation.reference import PAGE, examples, with_reference

from holdfast.cli.simulation_input import presets, read_preset
from holdfast.simulation.read_workload import WorkloadError, read_workload
from holdfast.simulation.workload import Workload
from holdfast.sources.yaml_values import plain_documents

FULL: dict[str, Any] = {
    "apiVersion": "holdfast/v1",
    "kind": "Workload",
    "dependencies": {"db": {"outages": [{"from": "1h", "for": "5m"}]}, "disk": {}},
    "containers": {
        "app": {
            "start": {"wall": "3s", "cpu": {"median": "5s", "p99": "9s"}},
            "answers": {"/health": [{"from": "20s", "code": 500}]},
            "exits": [{"after": {"min": "1h", "max": "2h"}}],
            "memory": {"start": "64Mi", "growth": {"rate": "1Mi/s"}},
            "needs": {"db": {"atStart": "exit"}},
            "cpu": {"demand": [{"cores": 2}]},
        }
    },
}


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """The full workload with one value replaced."""
    document = copy.deepcopy(FULL)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return document


APP = ("containers", "app")

REFUSED: tuple[tuple[tuple[str | int, ...], object, str, str], ...] = (
    (("apiVersion",), "v1", "apiVersion", "expected holdfast/v1"),
    ((*APP, "strat"), {}, "containers[app]", "did you mean start?"),
    ((*APP, "start", "wall"), "-3s", "containers[app].start.wall", "from 0s"),
    ((*APP, "start", "wall"), "9999999h", "containers[app].start.wall", "3650d"),
    ((*APP, "start", "wall"), 5, "containers[app].start.wall", "with its unit"),
    ((*APP, "start", "wall"), "soon", "containers[app].start.wall", "not a duration"),
    ((*APP, "start", "cpu"), {"min": "5s", "max": "1s"}, "containers[app].start.cpu", "min above"),
    ((*APP, "start", "cpu"), {"median": "0s", "p99": "1s"}, "containers[app].start.cpu", "median"),
    ((*APP, "start", "cpu"), {"mean": "1s"}, "containers[app].start.cpu", "{median, p99}"),
    ((*APP, "start", "cpu"), [], "containers[app].start.cpu", "at least one"),
    (
        (*APP, "answers", "/health", 0, "code"),
        42,
        "containers[app].answers[/health][0].code",
        "100",
    ),
    ((*APP, "answers", "/health", 0, "code"), float("nan"), "answers[/health][0].code", "whole"),
    ((*APP, "answers", "/health", 0, "code"), True, "answers[/health][0].code", "whole number"),
    ((*APP, "answers", "/health", 0, "every"), "0s", "answers[/health][0].every", "period of 0s"),
    ((*APP, "answers", "/health", 0, "every"), "9s", "answers[/health][0].every", "without for"),
    ((*APP, "answers", "/health", 0, "to"), "5s", "answers[/health][0].to", "not after from"),
    ((*APP, "answers", "/health", 0, "for"), "0s", "answers[/health][0].for", "more than 0s"),
    ((*APP, "answers", "/health", 0, "clock"), "mars", "[0].clock", "process, world"),
    ((*APP, "memory", "growth", "rate"), "-1Mi/s", "memory.growth.rate", "quantity from 0"),
    ((*APP, "memory", "growth", "rate"), "1Mi", "memory.growth.rate", "1Mi/s or 20Mi/h"),
    ((*APP, "memory", "growth", "shape"), "stepped", "memory.growth", "without step"),
    ((*APP, "memory", "growth", "doubles"), "1h", "memory.growth.doubles", "constant"),
    ((*APP, "memory", "garbage"), {"amount": "1Mi", "every": "0s"}, "garbage.every", "0s"),
    ((*APP, "memory", "ceiling"), "1Mi", "memory.ceiling", "less than memory.start"),
    ((*APP, "memory", "atCeiling"), "exit", "memory.atCeiling", "without a ceiling"),
    ((*APP, "memory", "start"), "1e30", "memory.start", "to 1Ei"),
    ((*APP, "child"), {"ceiling": "1Gi"}, "containers[app].child", "main process"),
    ((*APP, "pauses"), {"every": "0s", "for": "1s"}, "pauses.every", "more than 0s"),
    ((*APP, "pauses"), {"every": "1s"}, "containers[app].pauses", "no for"),
    ((*APP, "cpu", "demand", 0, "cores"), -1, "cpu.demand[0].cores", "from 0 to 4096"),
    ((*APP, "cpu", "slice"), "0s", "cpu.slice", "more than 0s"),
    ((*APP, "ports"), [99999], "containers[app].ports[0]", "65535"),
    ((*APP, "needs", "cache"), {}, "containers[app].needs[cache]", "known dependencies: db, disk"),
    ((*APP, "needs", "db", "atStart"), "hang", "needs[db].atStart", "ignore, wait, exit"),
    ((*APP, "needs", "db", "whileRunning"), "wait", "needs[db].whileRunning", "fail"),
    ((*APP, "hooks"), {"preStart": {}}, "containers[app].hooks", "postStart or preStop"),
    ((*APP, "grpc"), {"": [{"status": "FINE"}]}, "containers[app].grpc[][0].status", "SERVING"),
    ((*APP, "startErrors"), [{}], "containers[app].startErrors[0]", "no reason"),
    (("dependencies", "db", "needs"), ["nas"], "dependencies[db].needs", "not among"),
    (("dependencies", "db", "needs"), ["db"], "dependencies[db].needs", "db -> db"),
    (("dependencies", "db", "outages", 0, "clock"), "process", "outages[0].clock", "world"),
    (("containers",), ["app"], "containers", "a mapping of names"),
    (("traffic",), {"perSecond": 1e12}, "traffic.perSecond", "from 0 to"),
)


@pytest.mark.parametrize(("path", "value", "where", "found"), REFUSED)
def test_faults_are_refused_with_their_path(
    path: tuple[str | int, ...], value: object, where: str, found: str
) -> None:
    """Nobody has to search for the field that is wrong, or to guess what would be right."""
    with pytest.raises(WorkloadError) as caught:
        read_workload(changed(path, value), "w.yaml")

    assert caught.value.where.startswith("w.yaml: ")
    assert where in caught.value.where
    assert found in caught.value.found
    assert "docs/workloads.md" in caught.value.next_step


def test_circle_of_dependencies_is_named() -> None:
    """Dependencies that wait for each other can never come back: the whole circle is shown."""
    document = changed(
        ("dependencies",),
        {"db": {"needs": ["disk"]}, "disk": {"needs": ["net"]}, "net": {"needs": ["db"]}},
    )

    with pytest.raises(WorkloadError) as caught:
        read_workload(document, "w.yaml")
    names = caught.value.found.partition(" -> ")[0].split()[-1]
    circle = ["db", "disk", "net"]
    start = circle.index(names)
    expected = [*circle[start:], *circle[:start], names]
    assert f"the circle {' -> '.join(expected)};" in caught.value.found


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_anything_but_a_mapping_is_refused(value: object) -> None:
    """A list or a text where a document should be has the same kind of error."""
    with pytest.raises(WorkloadError, match="expected a mapping"):
        read_workload(value, "w.yaml")


def test_defaults_describe_a_process_without_faults() -> None:
    """What nothing is said about never ends, never fails and never leaks."""
    document = {"apiVersion": "holdfast/v1", "kind": "Workload", "containers": {"app": {}}}
    work = read_workload(document, "w.yaml").containers["app"]

    assert not (work.exits or work.stuck or work.unreachable)
    assert work.memory.growth is None
    assert work.start.wall.high == 0


def test_reference_is_what_the_code_says() -> None:
    """Every field is documented on the page, with its true type and default."""
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_reference(page), "run: python -m tests.simulation.reference"


def test_every_example_of_the_page_is_read() -> None:
    """What people copy from the page works."""
    found = examples(PAGE.read_text(encoding="utf-8"))

    assert len(found) >= 4
    for text in found:
        documents = plain_documents(text, "example")
        assert documents.problem is None
        read_workload(documents.values[0], "example")


def test_every_preset_is_read_and_documented() -> None:
    """A preset says in its first line what it does, and the page lists it."""
    page = PAGE.read_text(encoding="utf-8")

    assert len(presets()) == 8
    for name, about in presets().items():
        assert about.endswith(".")
        assert f"| `{name}` |" in page
        assert isinstance(read_workload(read_preset(name), name), Workload)


def test_yaml_and_json_mean_the_same() -> None:
    """A document may come from either."""
    assert read_workload(yaml.safe_load(yaml.safe_dump(FULL)), "a") == read_workload(FULL, "b")
