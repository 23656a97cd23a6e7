"""`holdfast prove` as it is typed."""

import json
from pathlib import Path

import jsonschema
import pytest
from tests.cli.command import holdfast

from holdfast.reports.schema import proof_schema, text_of

ROOT = Path(__file__).parents[2]
BEFORE = """\
apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
  - name: app
    image: api:1
    livenessProbe: {httpGet: {path: /health, port: 8080}, initialDelaySeconds: 5, periodSeconds: 5}
"""
STARTUP = """\
    startupProbe: {httpGet: {path: /health, port: 8080}, periodSeconds: 2, failureThreshold: 60}
"""


@pytest.fixture
def manifests(tmp_path: Path) -> tuple[str, str]:
    """A pod that starts too slowly, and one that is given the time."""
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(BEFORE, encoding="utf-8")
    after.write_text(BEFORE + STARTUP, encoding="utf-8")
    return str(before), str(after)


def test_change_that_holds(manifests: tuple[str, str]) -> None:
    """Exit code 0, and the numbers of both sides with seeds and version."""
    before, after = manifests
    outcome = holdfast(
        "prove", "-f", before, "-f", after, "--preset", "slow-start", "--seeds", "20", "--for", "2h"
    )

    assert outcome.code == 0
    assert "the change holds" in outcome.out
    assert "Kubernetes 1.36, seeds 0 to 19" in outcome.out


def test_change_that_does_not_hold(manifests: tuple[str, str]) -> None:
    """The other way round: exit code 1, and JSON that follows its schema."""
    after, before = manifests
    outcome = holdfast(
        "prove", "-f", before, "-f", after, "--preset", "slow-start", "--seeds", "5",
        "--for", "2h", "-o", "json",
    )  # fmt: skip
    document = json.loads(outcome.out)

    assert outcome.code == 1
    assert not document["replayed"]["holds"]
    jsonschema.validate(document, proof_schema())


def test_committed_schema_is_current() -> None:
    """The published schema is what the program prints."""
    committed = (ROOT / "docs" / "schema" / "proof.v1.json").read_text(encoding="utf-8")

    assert committed == text_of(proof_schema()), (
        "run: python -m holdfast.reports.schema proof > docs/schema/proof.v1.json"
    )


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--preset", "slow-start"), "twice"),
        (("-f", "{after}"), "--workload FILE or --preset NAME"),
    ],
)
def test_missing_flags(manifests: tuple[str, str], flags: tuple[str, ...], told: str) -> None:
    """Too little is a matter of usage, and says what is missing."""
    before, after = manifests
    outcome = holdfast("prove", "-f", before, *(flag.format(after=after) for flag in flags))

    assert outcome.code == 2
    assert told in outcome.err


def test_impossible_pod_is_refused(manifests: tuple[str, str], tmp_path: Path) -> None:
    """What the API server would refuse is refused with the field's path."""
    before, _ = manifests
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(BEFORE.replace("periodSeconds: 5", "periodSeconds: -5"), encoding="utf-8")
    outcome = holdfast("prove", "-f", before, "-f", str(wrong), "--preset", "slow-start")

    assert outcome.code == 3
    assert "spec.containers[0].livenessProbe.periodSeconds" in outcome.err
