"""Contents that an image holds under several paths.

Rules: other names of one file (hard links) cost nothing and do not count; small files cost little
and are left out.
"""

from collections import defaultdict

from holdfast.images.tree import Tree
from holdfast.model.image import Duplicate

_LEAST_BYTES = 16 * 1024
_MOST_SHOWN = 10
_MOST_PATHS = 4


def duplicates(tree: Tree) -> tuple[tuple[Duplicate, ...], int]:
    """The most wasteful ones, and the bytes of all copies that are one too many."""
    by_content: dict[tuple[bytes, int], list[str]] = defaultdict(list)
    for node in tree.files():
        if node.entry.size >= _LEAST_BYTES:
            by_content[node.entry.digest, node.entry.size].append(f"/{node.entry.path}")
    found = [
        Duplicate(size, len(paths), tuple(paths[:_MOST_PATHS]))
        for (_, size), paths in by_content.items()
        if len(paths) > 1
    ]
    found.sort(key=lambda one: (-one.wasted_bytes, one.paths))
    return tuple(found[:_MOST_SHOWN]), sum(one.wasted_bytes for one in found)
