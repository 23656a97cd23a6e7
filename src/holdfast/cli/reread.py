"""Reads a text again with its edits, to see that they mean what they were meant to.

Rules: a mapping in block style, whose own lines hold all edits, is read alone: it begins and ends
with its lines, so that it means the same inside of the document, as long as no anchor reaches
across. Everything else is read with its whole document.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from holdfast.fixes.edits import apply_edits
from holdfast.fixes.mend_text import is_meant, patched
from holdfast.model.document import Document, Mapping, find
from holdfast.model.edit import Edit, Json
from holdfast.sources.yaml_values import plain_documents

Path = tuple[str | int, ...]
# The last blank lines belong to such a block of text, and may stand behind its mapping.
_KEEPS_BLANK_LINES = ("|+", ">+", "|1+", "|2+")


class _Lines(NamedTuple):
    """The lines of a mapping: offsets of its first key and of the end of its last line."""

    start: int
    end: int
    column: int


def after_edits(
    document: Document, root: Path, patch: dict[str, Json], before: Json, edits: Iterable[Edit]
) -> Json:
    """The value of the document with the edits; None where that is not the patch, and no more.

    `before` is the value of the document, `root` the place of what the patch changes.
    """
    edits = tuple(edits)
    for inner, part in _narrowed(root, patch):
        lines = _lines_of(document, inner)
        if lines is not None and all(
            lines.start <= edit.span.start and edit.span.end <= lines.end for edit in edits
        ):
            return _after_in(lines, document, patched(before, inner, part), inner, edits)
    after = _read(_edited(document, edits, *_whole(document)), document.file)
    return after if after is not None and is_meant(before, root, patch, after) else None


def _narrowed(root: Path, patch: dict[str, Json]) -> list[tuple[Path, dict[str, Json]]]:
    """Where a patch changes something, and with what: the narrowest place first."""
    found = [(root, patch)]
    while len(patch) == 1:
        ((key, inner),) = patch.items()
        if not isinstance(inner, dict):
            break
        root, patch = (*root, key), inner
        found.insert(0, (root, patch))
    return found


def _after_in(
    lines: _Lines, document: Document, expected: Json, root: Path, edits: tuple[Edit, ...]
) -> Json:
    """The expected value, where the edited lines alone read as their part of it."""
    text = " " * lines.column + _edited(document, edits, lines.start, lines.end)
    if not text.endswith("\n") and lines.end < _whole(document)[1]:
        return None
    alone = _read(text, document.file)
    return expected if alone is not None and alone == _at(expected, root) else None


def _lines_of(document: Document, root: Path) -> _Lines | None:
    """The lines that hold a mapping and nothing else; None where there are none such."""
    node = find(document.root, *root) if root else None
    if not isinstance(node, Mapping) or node.flow or not node.entries or document.aliased:
        return None
    text = document.text
    start = node.entries[0][0].span.start
    begin = text.rfind("\n", 0, start) + 1
    end = text.find("\n", node.span.end) + 1 or len(text)
    before, behind = text[begin:start], text[node.span.end : end].strip()
    if before.strip(" -") or (behind and not behind.startswith("#")):
        return None
    if any(header in text[start:end] for header in _KEEPS_BLANK_LINES):
        return None
    return _Lines(start, min(end, _whole(document)[1]), start - begin)


def _whole(document: Document) -> tuple[int, int]:
    return document.part[:2] if document.part else (0, len(document.text))


def _edited(document: Document, edits: Iterable[Edit], start: int, end: int) -> str:
    moved = [
        msgspec.structs.replace(
            edit,
            span=msgspec.structs.replace(
                edit.span, start=edit.span.start - start, end=edit.span.end - start
            ),
        )
        for edit in edits
    ]
    return apply_edits(document.text[start:end], moved)


def _read(text: str, file: str) -> Json:
    """The one value of a text; None where it can no longer be read."""
    values, problem = plain_documents(text, file)
    return values[0] if len(values) == 1 and problem is None else None


def _at(value: Json, path: Path) -> Json:
    for step in path:
        value = value[step]  # type: ignore[index]  # the path was found
    return value
