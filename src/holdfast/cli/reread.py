"""Reads a text again with its edits, to see that they mean what they were meant to.

Rules: a mapping in block style, whose own lines hold all edits, is read alone: it begins and ends
with its lines, so that it means the same inside of the document, as long as no anchor reaches
across. Everything else is read with its whole document.
"""

from collections.abc import Sequence

import msgspec

from holdfast.fixes.edits import apply_edits
from holdfast.fixes.mend_text import is_meant, patched
from holdfast.model.document import Document, Mapping, find
from holdfast.model.edit import Edit, Json
from holdfast.model.regex import regex
from holdfast.sources.yaml_values import plain_documents

Path = tuple[str | int, ...]
# The last blank lines belong to such a block of text, and may stand behind its mapping.
_KEEPS_BLANK_LINES = regex(r"[|>][1-9]?\+")


class _Lines(msgspec.Struct, frozen=True):
    """The lines of a mapping: offsets of its first key and of the end of its last line."""

    start: int
    end: int
    column: int


def after_edits(
    document: Document, root: Path, patch: dict[str, Json], before: Json, edits: Sequence[Edit]
) -> Json:
    """The value of the document with the edits; None where that is not the patch, and no more.

    `before` is the value of the document, `root` the place of what the patch changes.
    """
    for inner, part in _narrowed(root, patch):
        lines = _lines_of(document, inner)
        text = _alone(document, lines, edits) if lines is not None else None
        if text is not None:
            expected = patched(before, inner, part)
            return expected if _read(text, document.file) == _at(expected, inner) else None
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


def _alone(document: Document, lines: _Lines, edits: Sequence[Edit]) -> str | None:
    """The lines with the edits; None where they do not hold them, or would run on behind."""
    if any(edit.span.start < lines.start or edit.span.end > lines.end for edit in edits):
        return None
    text = " " * lines.column + _edited(document, edits, lines.start, lines.end)
    ends_in_itself = text.endswith("\n") or lines.end == _whole(document)[1]
    return text if ends_in_itself and not _KEEPS_BLANK_LINES.search(text) else None


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
    return _Lines(start, min(end, _whole(document)[1]), start - begin)


def _whole(document: Document) -> tuple[int, int]:
    return document.part[:2] if document.part else (0, len(document.text))


def _edited(document: Document, edits: Sequence[Edit], start: int, end: int) -> str:
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
