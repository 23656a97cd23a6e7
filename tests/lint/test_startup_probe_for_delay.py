"""The startupProbe that HF105 puts in the place of a delay (rules.md HF105)."""

import pytest

from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import TextFile
from holdfast.fixes.edits import apply_edits
from holdfast.kubelet.behaviour import NEWEST, behaviour_of
from holdfast.lint.pods import decode_spec
from holdfast.model.pod import PodSpec
from holdfast.simulation.answer import Answers, Question
from holdfast.sources.yaml_values import plain_documents

_POD = """apiVersion: v1
kind: Pod
metadata: {{name: slow}}
spec:
  containers:
    - name: app
      image: app:1.0.0
      livenessProbe:
        httpGet: {{path: /alive, port: 8080}}
        initialDelaySeconds: {delay}
        periodSeconds: {period}
        failureThreshold: {failures}
        timeoutSeconds: {timeout}
"""


def _spec(text: str) -> PodSpec:
    (value,) = plain_documents(text, "pod.yaml").values
    assert isinstance(value, dict)
    spec = value["spec"]
    assert isinstance(spec, dict)
    return decode_spec(spec).spec


@pytest.mark.parametrize(
    ("delay", "period", "failures", "timeout"), [(60, 10, 3, 1), (90, 20, 5, 5), (61, 7, 1, 2)]
)
def test_a_start_that_survives_the_delay_survives_the_probe(
    delay: int, period: int, failures: int, timeout: int
) -> None:
    """The failures that liveness allows behind the delay are time to start as well."""
    text = _POD.format(delay=delay, period=period, failures=failures, timeout=timeout)
    (hazard,) = inspect([TextFile("pod.yaml", text)], Wanted(only=frozenset({"HF105"}))).hazards
    assert hazard.mending is not None
    before, after = _spec(text), _spec(apply_edits(text, hazard.mending.edits))
    assert after.containers[0].startup_probe is not None
    answers = Answers(behaviour_of(NEWEST))

    shown = []
    for seconds in range(delay - 30, delay + (failures + 2) * period + timeout, 3):
        question = Question("app", {"start": {"wall": f"{seconds}s"}}, "so", 600.0)
        answer = answers.answer(question, before, after)
        assert answer is not None
        shown.append(answer)
    survived = [one for one in shown if not one.restarts_before]

    assert 0 < len(survived) < len(shown)
    assert {one.restarts_after for one in survived} == {0}
