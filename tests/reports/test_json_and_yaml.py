"""The documents for programs: their shape is published and must not change by accident."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from jsonschema.validators import Draft202012Validator
from tests.reports.diagnoses import DECIDED, UNDECIDED, diagnosis, everything

from holdfast.reports.options import RenderOptions
from holdfast.reports.render import render
from holdfast.reports.schema import schema, text_of

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "diagnosis.v1.json"


def document(name: str = "json") -> Any:
    """What the format prints for everything, decoded."""
    printed = render(name, everything(), RenderOptions(version="1.2.3"))
    return json.loads(printed) if name == "json" else yaml.safe_load(printed)


def test_committed_schema_is_current() -> None:
    """The published schema is what the program prints; the failure says how to renew it."""
    committed = SCHEMA.read_text(encoding="utf-8")

    assert committed == text_of(schema()), (
        "run: python -m holdfast.reports.schema > docs/schema/diagnosis.v1.json"
    )


def test_output_obeys_the_schema() -> None:
    """Whoever generates types from the schema can read every answer."""
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(document())
    Draft202012Validator(schema()).validate(json.loads(render_one(diagnosis())))

    assert document()["apiVersion"] == "holdfast/v1"


def test_schema_refuses_what_is_not_a_diagnosis() -> None:
    """A schema that lets everything pass protects nobody."""
    wrong = document()
    wrong["findings"][0]["state"] = "sleepy"

    with pytest.raises(jsonschema.ValidationError, match="sleepy"):
        Draft202012Validator(schema()).validate(wrong)


def render_one(value: Any) -> str:
    """JSON with default options."""
    return render("json", value, RenderOptions())


def test_yaml_holds_the_same_data() -> None:
    """`-o yaml` is another spelling of `-o json`, in the same order."""
    assert document("yaml") == document()
    assert list(document("yaml")) == list(document())


def test_yaml_shows_a_diff_as_lines() -> None:
    """A diff in a quoted scalar cannot be read by people."""
    printed = render("yaml", diagnosis(DECIDED), RenderOptions())

    assert "\n    diff: |-\n      --- a/api.yaml\n      +++ b/api.yaml\n" in printed


def test_finding_keeps_its_names() -> None:
    """Scripts address these keys; a renamed one breaks them."""
    found = document()["findings"][0]

    assert list(found) == [
        "subject", "state", "restarts", "headline", "decided", "cause", "confidence", "verdicts",
        "unread", "patch", "proof", "wouldDecide", "beside", "endedAt", "group", "timeline",
    ]  # fmt: skip
    assert found["subject"]["ownerKind"] == "Deployment"
    assert found["cause"] == "A05"
    assert found["verdicts"][0]["evidenceFor"][0]["origin"] == {
        "source": "api.previous.log", "object": "", "field": "", "line": 14,
    }  # fmt: skip
    assert found["timeline"]["lanes"][0]["marks"][1] == {
        "at": "2026-11-23T08:09:50Z", "label": "BackOff: waits", "severe": False, "times": 13,
    }  # fmt: skip


def test_undecided_finding_names_no_cause() -> None:
    """A script that reads `.cause` never gets a guess."""
    found = json.loads(render_one(diagnosis(UNDECIDED)))["findings"][0]

    assert found["cause"] is None
    assert found["confidence"] is None
    assert found["wouldDecide"] == list(UNDECIDED.would_decide)
