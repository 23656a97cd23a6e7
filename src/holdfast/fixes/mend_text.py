"""A merge patch of a rule as edits of the text it found its problem in."""

from holdfast.fixes.edits import RefusedError, edit
from holdfast.fixes.strategic import merged
from holdfast.model.document import Document, find
from holdfast.model.edit import Edit, Json

Path = tuple[str | int, ...]


def edits_of(document: Document, root: Path, patch: dict[str, Json]) -> tuple[Edit, ...] | str:
    """The edits that merge `patch` into what stands at `root`, or why there are none."""
    node = find(document.root, *root)
    if node is None:
        return "the place is not in the text"
    try:
        return edit(document, node, patch)
    except RefusedError as error:
        return str(error)


def is_meant(before: Json, root: Path, patch: dict[str, Json], after: Json) -> bool:
    """Whether a document is another one with the patch merged in, and nothing else (rules.md 6)."""
    return after == patched(before, root, patch)


def patched(value: Json, path: Path, patch: Json) -> Json:
    """A document with the patch merged into what stands at a path."""
    if not path:
        return merged(value, patch)
    step, *rest = path
    if isinstance(value, dict) and isinstance(step, str):
        return {**value, step: patched(value.get(step), tuple(rest), patch)}
    if isinstance(value, list) and isinstance(step, int):
        items = enumerate(value)
        return [patched(v, tuple(rest), patch) if i == step else v for i, v in items]
    return value
