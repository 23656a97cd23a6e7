"""The catalogue of causes is complete, documented, and matches its specification."""

import re
from pathlib import Path

import pytest

from holdfast.diagnosis.catalogue import Entry, catalogue

SPECIFICATION = Path(__file__).parents[2] / "docs" / "specs" / "causes.md"
HEADINGS = (
    "What happens",
    "Why it hurts",
    "How we know",
    "What else it could be",
    "Fix",
    "When the fix is wrong",
    "References",
)


def specified_ids() -> set[str]:
    """The ids of the rows of docs/specs/causes.md section 8."""
    text = SPECIFICATION.read_text(encoding="utf-8")
    section = text[text.index("## 8. Cause catalogue") : text.index("## 9. Lookalike groups")]
    return set(re.findall(r"^\| ([A-GS]\d\d|NONE) \|", section, re.MULTILINE))


def test_every_specified_cause_exists() -> None:
    """No cause of the catalogue is forgotten, and none is invented."""
    assert specified_ids() == {entry.cause.id for entry in catalogue()}


def test_specification_counts_as_it_says() -> None:
    """The table was read whole: 127 causes, four states and NONE."""
    assert len(specified_ids()) == 127 + 5


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.cause.id)
def test_cause_is_documented(entry: Entry) -> None:
    """A cause's docstring is its documentation page, in seven parts in a fixed order."""
    found = re.findall(r"^([A-Z][^\n]+)\n-{3,}$", entry.documentation, re.MULTILINE)

    assert list(HEADINGS) == found


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.cause.id)
def test_lookalikes_exist(entry: Entry) -> None:
    """A lookalike leads to a page that is there."""
    known = {other.cause.id for other in catalogue()}

    assert set(entry.cause.lookalikes) <= known


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.cause.id)
def test_file_is_named_after_its_cause(entry: Entry) -> None:
    """The file of a cause is found by its id."""
    file = entry.judge.__module__.rpartition(".")[2]

    assert file.startswith(entry.cause.id.lower() + "_")


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.cause.id)
def test_signatures_compile_and_need_their_needle(entry: Entry) -> None:
    """A needle that its own pattern can never meet would silence the signature."""
    for signature in entry.cause.signatures:
        assert signature.needle == signature.needle.lower()
        assert signature.compiled.pattern
