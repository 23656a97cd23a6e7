"""A text with edits, read again in the lines concerned or as a whole: both say the same."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.cli.reread import after_edits
from holdfast.fixes.edits import apply_edits
from holdfast.fixes.mend_text import edits_of, is_meant
from holdfast.model.document import Document, to_plain
from holdfast.model.edit import Edit, Json
from holdfast.model.span import Span
from holdfast.sources.yaml_tree import parse_documents
from holdfast.sources.yaml_values import plain_documents

ROOT = ("spec", "containers", 0)
_TEXTS = st.text(alphabet="ab -:#\n'|é", max_size=6)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers(0, 99) | st.sampled_from(["x", "on", "a: b", "- c", "# d"]) | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["name", "probe", "period", "a b"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_PATCHES = st.dictionaries(
    st.sampled_from(["probe", "image", "period"]),
    st.integers(0, 99)
    | st.dictionaries(
        st.sampled_from(["period", "name"]), st.just(5) | st.just({"period": 6}), max_size=2
    ),
    min_size=1,
)
_ODD = ("\n", "  ", " ", "a: b\n", '"', "|", "- ", "&a ", "#", "---\n", "z: 1", ": ", ">+\n")


class _Indented(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, indentless=False)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A list of containers in the styles that people write, with lines around and behind them."""
    first = draw(st.dictionaries(st.sampled_from(["name", "probe", "env"]), _VALUES, min_size=1))
    other = draw(st.lists(_VALUES, max_size=1))
    value = {"spec": {"containers": [first, *other]}, **draw(st.sampled_from([{}, {"z": "end"}]))}
    text = yaml.dump(
        value,
        Dumper=draw(st.sampled_from([yaml.SafeDumper, _Indented])),
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=draw(st.sampled_from([False, False, None])),
        default_style=draw(st.sampled_from([None, None, "|", '"'])),
    )
    if draw(st.booleans()):
        text = text.replace("\n", " # why\n", 1) + draw(st.sampled_from(["", "# last\n", "\n\n"]))
    text = text.removesuffix(draw(st.sampled_from(["", "\n"])))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    parsed = parse_documents(text, "f")
    return parsed[0] if parsed else parse_documents("spec: {}\n", "f")[0]


def _whole(
    document: Document, root: tuple[str | int, ...], patch: dict[str, Json], edits: list[Edit]
) -> Json:
    """The slow way: all of the text is read."""
    values, problem = plain_documents(apply_edits(document.text, edits), "f")
    if problem is not None or len(values) != 1:
        return None
    return values[0] if is_meant(to_plain(document.root), root, patch, values[0]) else None


@settings(max_examples=300)
@given(documents(), _PATCHES)
def test_an_edit_that_is_right_is_seen_to_be(document: Document, patch: dict[str, Json]) -> None:
    """The edits of a patch are judged as if all of the document had been read."""
    edits = edits_of(document, ROOT, patch)
    if isinstance(edits, str):
        return
    expected = _whole(document, ROOT, patch, list(edits))

    assert after_edits(document, ROOT, patch, to_plain(document.root), edits) == expected


@settings(max_examples=500)
@given(documents(), _PATCHES, st.data())
def test_an_edit_that_is_wrong_never_passes(
    document: Document, patch: dict[str, Json], data: st.DataObject
) -> None:
    """Whatever is put wherever: what a whole reading refuses is refused."""
    edits = edits_of(document, ROOT, patch)
    made = [] if isinstance(edits, str) else list(edits)
    place = data.draw(st.integers(0, len(document.text)))
    end = min(len(document.text), place + data.draw(st.integers(0, 3)))
    text = data.draw(
        st.sampled_from(["\n", "  ", " ", "a: b\n", '"', "|", "- ", "&a ", "#", "---\n"])
    )
    odd = Edit(document.file, Span(place, end, 1, 1), text)
    if any(one.span.start <= end and place <= one.span.end for one in made):
        made = []
    edited = [*made, odd]

    passed = after_edits(document, ROOT, patch, to_plain(document.root), edited)

    if passed is not None:
        assert passed == _whole(document, ROOT, patch, edited)


@pytest.mark.parametrize(
    ("behind", "is_meant"), [("\n  - name: b\n", False), ("\n", True), ("", True)]
)
def test_only_the_last_line_end_of_a_text_may_go(behind: str, is_meant: bool) -> None:
    """Without its own, a line would run into the one that stands behind."""
    text = f"spec:\n  containers:\n  - name: a\n    probe: 1{behind}"
    (document,) = parse_documents(text, "f")
    place = text.index("probe: 1") + len("probe: 1")
    edit = Edit("f", Span(place, place + len(behind[:1]), 4, 13), "0")

    after = after_edits(document, ROOT, {"probe": 10}, to_plain(document.root), [edit])

    assert (after is not None) is is_meant
    assert after == _whole(document, ROOT, {"probe": 10}, [edit])


@pytest.mark.parametrize("header", ["|", "|+", ">+", "|3+", ">+3"])
def test_blank_lines_that_a_block_keeps_are_read_with_it(header: str) -> None:
    """They stand behind its mapping, and an edit that begins such a block takes them in."""
    text = "spec:\n  containers:\n  - probe:\n      a: 1\n\n\n  - name: b\n"
    (document,) = parse_documents(text, "f")
    place = text.index("a: 1\n") + len("a: 1\n")
    edit = Edit("f", Span(place, place, 5, 1), f"      args: {header}\n         x\n")
    patch: dict[str, Json] = {"probe": {"args": "x\n"}}

    after = after_edits(document, ROOT, patch, to_plain(document.root), [edit])

    assert (after is not None) is (header == "|")
    assert after == _whole(document, ROOT, patch, [edit])
