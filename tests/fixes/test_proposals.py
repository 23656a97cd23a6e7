"""Every rule proposes exactly its fix, and keeps the safety net."""

from typing import Any

import pytest
from tests.fixes.cases import APP, LIVENESS, ROWS, SHELL, Row, memory
from tests.fixes.findings import HTTP, finding, pod, snapshot

from holdfast.fixes.propose import INTENDED, ROOT_ELSEWHERE, propose, rules
from holdfast.model.edit import Json, Patch, Safety
from holdfast.model.finding import Finding
from holdfast.model.pod import Pod
from holdfast.model.shell_call import with_exec
from holdfast.model.verdict import Role, Verdict


def patch_for(row: Row) -> Patch:
    """The patch that a row gets."""
    subject = pod(row.container, row.pod)
    made = propose(
        finding(row.cause, subject, parameters=row.parameters, summary=row.summary),
        snapshot(subject),
        (),
    )
    assert made.patch is not None
    return made.patch


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.cause)
def test_the_patch_sets_exactly_this(row: Row) -> None:
    """The fields, their values and the safety are those that the causes call for."""
    patch = patch_for(row)

    assert {change.path: change.value for change in patch.changes} == row.changes
    assert patch.safety is row.safety
    assert patch.cause == row.cause
    assert patch.target == "deployment/api"
    assert patch.explanation


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.cause)
def test_nothing_is_removed_or_switched_off(row: Row) -> None:
    """No probe and no limit is taken away to silence a symptom (causes.md 11)."""
    for change in patch_for(row).changes:
        assert None not in _leaves(change.value)
        assert change.value not in (0, False) or change.path[-1] == "runAsUser"
        assert "initialDelaySeconds" not in change.path


def _leaves(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return [value]


def test_every_rule_has_a_row() -> None:
    """A rule that no test shows is a claim."""
    commands = {"A09", "A22", "B04", "B06", "F01"}
    same_rule = {"D09", "D11"}

    assert {row.cause for row in ROWS} | commands | same_rule == set(rules())


@pytest.mark.parametrize("cause", sorted(INTENDED | ROOT_ELSEWHERE))
def test_intended_restarts_and_foreign_roots_get_no_patch(cause: str) -> None:
    """The victim is not patched, and what somebody wants is not prevented."""
    assert _is_unchanged(finding(cause, RICH))


def test_what_is_not_decided_gets_no_patch() -> None:
    """A guess is no ground for a change."""
    assert _is_unchanged(finding("C04", RICH, decided=False))


def test_a_leak_gets_no_higher_limit() -> None:
    """A limit only delays a leak (causes.md 8, D02)."""
    assert _is_unchanged(finding("D02", RICH))


def test_a_group_with_its_root_elsewhere_gets_no_patch() -> None:
    """Replicas that fail together over a dependency are its victims."""
    made = finding("C06", RICH, leads_to=("A05",))
    grouped = Finding(
        made.subject, made.state, "", decided=True, verdicts=made.verdicts, group="g1"
    )

    assert _is_unchanged(grouped)


@pytest.mark.parametrize(
    ("cause", "container", "fields"),
    [
        ("C01", {"livenessProbe": HTTP}, {}),
        ("C01", {"livenessProbe": HTTP, "ports": [{"containerPort": p} for p in (1, 2)]}, {}),
        ("C04", {"livenessProbe": {**HTTP, "timeoutSeconds": 5}}, {}),
        ("C05", {"livenessProbe": HTTP}, {}),
        ("C09", {"livenessProbe": {"exec": {"command": ["x"]}}}, {"summary": "fails: exit 1"}),
        ("C11", {"livenessProbe": {"grpc": {"port": 1}}}, {}),
        ("C06", {"livenessProbe": {"tcpSocket": {"port": 1}}}, {}),
        ("G01", {"command": ["sh", "-c", "while true; do a; done"]}, {}),
        ("G03", {}, {}),
        ("D01", {}, {}),
        ("D04", memory("1Gi", args=["java", "-Xmx256m"]), {}),
        ("A13", memory("1Gi", image="python:3"), {}),
        ("A19", {}, {"parameters": {"port": 8080}}),
        ("A02", {}, {}),
        ("B04", {}, {}),
        ("E01", memory("1Gi"), {}),
        ("E03", {}, {}),
    ],
)
def test_without_the_facts_there_is_no_patch(
    cause: str, container: dict[str, Any], fields: dict[str, Any]
) -> None:
    """A number that nobody knows is not made up."""
    subject = pod(container)

    assert _is_unchanged(finding(cause, subject, **fields), subject)


RICH = pod(memory("1Gi", **LIVENESS))


def _is_unchanged(given: Finding, subject: Pod = RICH) -> bool:
    return propose(given, snapshot(subject), ()) is given


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("serve", "exec serve"),
        ("a; b -x", "a; exec b -x"),
        ("a\nb\n", "a\nexec b\n"),
        ("cd /x && ./run", "cd /x && exec ./run"),
        ("a | b", None),
        ("a & wait", None),
        ("a &", None),
        ("for i in 1 2; do x; done", None),
        ("exec a", None),
        ("X=1 a", None),
        ("a; exit 1", None),
        ("cat <<E\nx\nE", None),
        ("", None),
        ("   ", None),
    ],
)
def test_exec_goes_only_where_the_shell_has_nothing_left_to_do(
    script: str, expected: str | None
) -> None:
    """A wrong exec would change what the script does."""
    assert with_exec(script) == expected


def test_what_contributes_is_fixed_when_the_cause_has_no_patch() -> None:
    """A hang needs a developer; the slow stop beside it can be ended now."""
    subject = pod(SHELL)
    made = finding("C07", subject)
    beside = (Verdict("G01", "t", "s", Role.CONTRIBUTING),)
    both = Finding(
        made.subject, made.state, "", decided=True, verdicts=made.verdicts, beside=beside
    )

    patch = propose(both, snapshot(subject), ()).patch

    assert patch is not None
    assert patch.cause == "G01"
    assert patch.safety is Safety.REVIEW
    assert patch.changes[0].path == (*APP, "command")
