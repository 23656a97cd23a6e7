"""A captured cluster of 34 pods, read in the ways people keep one, gives the true answers."""

import io
from functools import cache
from pathlib import Path

import pytest
from tests.recordings.expected import TRUTHS, Truth

from holdfast.diagnosis.diagnose import diagnose
from holdfast.model.finding import TROUBLED, Diagnosis, Finding, State
from holdfast.sources.read import read_inputs

CLUSTER = Path(__file__).parents[2] / "examples" / "cluster"
INPUTS = {
    "objects": ("pods.json", "events.json", "nodes.json"),
    "with logs": ("pods.json", "events.json", "nodes.json", "logs"),
    "yaml": ("pods.yaml", "events.json"),
    "dump": ("cluster-info-dump",),
    "describe": ("describe",),
}
PODS = sorted(path.stem for path in (CLUSTER / "describe").glob("*.txt"))
# What describe text does not print cannot be told from it: restart rules, and a probe's own grace.
NOT_DESCRIBED = {
    "restart-policy-rules": Truth(State.RESTARTS, ("A01",)),
    "liveness-probe-grace": Truth(State.RESTARTS, ("C06",), ("C14",)),
}


@cache
def diagnosis_of(way: str) -> Diagnosis:
    """The diagnosis of the whole cluster, read in one way."""
    paths = [str(CLUSTER / name) for name in INPUTS[way]]
    return diagnose(read_inputs(paths, io.BytesIO()))


def truth_of(pod: str, way: str) -> Truth:
    """What is true of a pod as far as that way of reading can tell."""
    scenario = pod.removeprefix("dev-")
    if way == "describe" and scenario in NOT_DESCRIBED:
        return NOT_DESCRIBED[scenario]
    if scenario == "oom-child" and way in ("with logs", "dump"):
        return Truth(State.HAZARD, (), ("D05",))
    return TRUTHS[scenario]


def finding_of(pod: str, way: str) -> Finding:
    """The first finding about a pod."""
    return next(f for f in diagnosis_of(way).findings if f.subject.pod == pod)


@pytest.mark.parametrize("pod", PODS)
@pytest.mark.parametrize("way", INPUTS)
def test_state_and_cause(pod: str, way: str) -> None:
    """State and first cause are the true ones, whatever was kept of the cluster."""
    truth = truth_of(pod, way)
    finding = finding_of(pod, way)

    assert finding.state is truth.state
    if truth.causes:
        assert finding.cause is not None
        assert finding.cause.cause in truth.causes
    assert set(truth.beside) <= {verdict.cause for verdict in finding.beside}


@pytest.mark.parametrize("way", INPUTS)
def test_no_pod_is_lost_or_blamed(way: str) -> None:
    """All 34 pods are there; those that did not restart have no cause of restarts."""
    diagnosis = diagnosis_of(way)

    assert {f.subject.pod for f in diagnosis.findings} == set(PODS)
    for finding in diagnosis.findings:
        if truth_of(finding.subject.pod, way).state not in TROUBLED and finding.cause is not None:
            assert finding.cause.cause[0] in "SNE"


@pytest.mark.parametrize("way", INPUTS)
def test_independent_loops_are_no_group(way: str) -> None:
    """Pods that crash on their own on the one node are not victims of one event."""
    assert diagnosis_of(way).groups == ()


def test_one_describe_text_is_enough() -> None:
    """A single pasted text gives the same cause as the whole cluster."""
    text = (CLUSTER / "describe" / "dev-http-404.txt").read_bytes()
    diagnosis = diagnose(read_inputs(["-"], io.BytesIO(text)))

    cause = diagnosis.findings[0].cause
    assert cause is not None
    assert cause.cause == "C02"
