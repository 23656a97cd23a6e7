"""The rules of `check` are those of their specification: none forgotten, none graded otherwise."""

import re
from pathlib import Path

import pytest

from holdfast.lint.catalogue import Entry, catalogue
from holdfast.model.rule import Confidence, Severity

SPECIFICATION = Path(__file__).parents[2] / "docs" / "specs" / "rules.md"
SEVERITIES = dict(zip("FHMLI", Severity, strict=True))
# docs/specs/rules.md 11.1. What is seen across objects (X) may be certain or not.
SUREST = {
    "A": Confidence.CERTAIN,
    "X": Confidence.CERTAIN,
    "S": Confidence.LIKELY,
    "M": Confidence.MEASURE,
}
# What manifests do not show: the contents of images, and Dockerfiles.
NOT_IN_MANIFESTS = re.compile(r"HF51[2-8]|HF8\d\d")


def specified() -> dict[str, tuple[str, str]]:
    """Severity and class of each rule of the tables of section 11."""
    rows = re.findall(
        r"^\| (HF\d+) \| ([FHMLI])/([ASMX]) \|", SPECIFICATION.read_text("utf-8"), re.MULTILINE
    )
    return {id_: (severity, class_) for id_, severity, class_ in rows}


def test_specification_was_read_whole() -> None:
    """The tables count as they say: 194 rules."""
    assert len(specified()) == 194


def test_every_rule_about_manifests_exists() -> None:
    """No rule of the catalogue is forgotten."""
    missing = specified().keys() - {entry.rule.id for entry in catalogue()}

    assert {id_ for id_ in missing if not NOT_IN_MANIFESTS.fullmatch(id_)} == set()


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.rule.id)
def test_rule_is_graded_as_specified(entry: Entry) -> None:
    """The severity is that of the specification, and no rule claims to be surer than it may be."""
    found = specified().get(entry.rule.id)
    if found is None:
        return
    severity, class_ = found
    order = list(Confidence)

    assert entry.rule.severity is SEVERITIES[severity]
    assert order.index(entry.rule.confidence) >= order.index(SUREST[class_])
