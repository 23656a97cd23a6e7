"""An edit is what was meant, or it is none."""

from holdfast.fixes.edits import apply_edits
from holdfast.fixes.mend_text import edits_of, is_meant
from holdfast.model.document import to_plain
from holdfast.model.edit import Json
from holdfast.sources.yaml_tree import parse_documents

TEXT = "spec:\n  containers:\n  - name: a\n    probe: {period: 1}\n  - name: b\n"
ROOT = ("spec", "containers", 0)
PATCH: dict[str, Json] = {"probe": {"period": 5, "failures": 3}}


def test_edits_make_the_change_and_nothing_else() -> None:
    """Read again, the text is the old value with the patch in its place."""
    (before,) = parse_documents(TEXT, "f")
    edits = edits_of(before, ROOT, PATCH)
    assert isinstance(edits, tuple)
    (after,) = parse_documents(apply_edits(TEXT, edits), "f")

    assert is_meant(to_plain(before.root), ROOT, PATCH, to_plain(after.root))


def test_any_other_difference_is_seen() -> None:
    """One more field, one less, or a change elsewhere is not what was meant."""
    (before,) = parse_documents(TEXT, "f")
    mended = TEXT.replace("{period: 1}", "{period: 5, failures: 3}")
    for other in (
        mended.replace("failures: 3", "failures: 3, more: 1"),
        mended.replace("name: b", "name: c"),
        TEXT,
    ):
        (after,) = parse_documents(other, "f")
        assert not is_meant(to_plain(before.root), ROOT, PATCH, to_plain(after.root))


def test_place_that_is_not_there_has_no_edit() -> None:
    """The reason is told instead."""
    (before,) = parse_documents(TEXT, "f")

    assert edits_of(before, ("spec", "containers", 7), PATCH) == "the place is not in the text"
