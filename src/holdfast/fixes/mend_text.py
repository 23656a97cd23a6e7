"""A merge patch of a rule as edits of the text it found its problem in."""

from holdfast.fixes.edits import RefusedError, edit
from holdfast.model.document import Document, find
from holdfast.model.edit import Edit, Json


def edits_of(
    document: Document, root: tuple[str | int, ...], patch: dict[str, Json]
) -> tuple[Edit, ...] | str:
    """The edits that merge `patch` into what stands at `root`, or why there are none."""
    node = find(document.root, *root)
    if node is None:
        return "the place is not in the text"
    try:
        return edit(document, node, patch)
    except RefusedError as error:
        return str(error)
