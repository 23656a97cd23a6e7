"""One YAML document as a tree in which every value knows where it stands in its text.

Rules: spans count characters of `Document.text`, also behind a byte order mark and beyond ASCII. An
alias stays an alias that points at its anchor's node, so a small document stays small; readers have
bounded depth and expansion before a tree exists (rules.md 5.4).
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

import msgspec

from holdfast.model.edit import Json
from holdfast.model.span import Span

MERGE_KEY = "<<"


class Style(StrEnum):
    """How a scalar is written."""

    PLAIN = "plain"
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


class Scalar(msgspec.Struct, frozen=True, gc=False):
    """A single value: `value` as the Kubernetes decoder reads it, `text` without its quotes.

    `span` holds the quotes, and the anchor and the tag where there are some (`anchor`, `tag`).
    """

    value: bool | int | float | str | None
    text: str
    span: Span
    style: Style = Style.PLAIN
    anchor: str = ""
    tag: str = ""


class Mapping(msgspec.Struct, frozen=True, gc=False):
    """Keys and values in the order of the text; a key written twice stands here twice.

    `column` is that of its first key, 0-based; the indentation of a block mapping.
    """

    entries: "tuple[tuple[Node, Node], ...]"
    span: Span
    flow: bool = False
    column: int = 0
    anchor: str = ""

    def entry(self, key: str) -> "tuple[Scalar, Node] | None":
        """Key and value of the last entry with that key, which is the one that counts."""
        for name, value in reversed(self.entries):
            inner = resolve(name)
            if isinstance(inner, Scalar) and key_text(inner) == key:
                return inner, value
        return None

    @property
    def merges(self) -> bool:
        """Whether it takes entries from elsewhere by a merge key."""
        return any(is_merge(key) for key, _ in self.entries)


class Sequence(msgspec.Struct, frozen=True, gc=False):
    """A list. `column` is that of its first dash (or bracket), 0-based."""

    items: "tuple[Node, ...]"
    span: Span
    flow: bool = False
    column: int = 0
    anchor: str = ""


class Alias(msgspec.Struct, frozen=True, gc=False):
    """A place that repeats a node written elsewhere; its span covers only the name."""

    name: str
    span: Span
    target: "Node"


Node = Scalar | Mapping | Sequence | Alias


class Part(NamedTuple):
    """A stretch of a text that is read by itself: offsets of its ends, and lines before it.

    `first` is the index of its first document.
    """

    start: int
    end: int
    line: int
    first: int = 0


class Document(msgspec.Struct, frozen=True, gc=False):
    """A document of a file: `text` is the whole file, `index` counts its documents from 0."""

    file: str
    index: int
    text: str
    root: Node
    newline: str = "\n"
    aliased: frozenset[str] = frozenset()
    """Anchors that an alias of this document repeats: an edit there changes several places."""
    part: Part | None = None
    """Where in the text the document stands that was read by itself; None for all of it."""


def key_text(key: Scalar) -> str:
    """A key as JSON has it: `1:` is "1", `on:` is "true" (rules.md 5.1)."""
    value = key.value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def is_merge(key: Node) -> bool:
    """Whether a key is the merge key, written without quotes."""
    return isinstance(key, Scalar) and key.text == MERGE_KEY and key.style is Style.PLAIN


def resolve(node: Node) -> Scalar | Mapping | Sequence:
    """The node itself, or what an alias points at."""
    while isinstance(node, Alias):
        node = node.target
    return node


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, keys included; none below a scalar or an alias."""
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield key
            yield value
    elif isinstance(node, Sequence):
        yield from node.items


def find(node: Node, *path: str | int) -> Node | None:
    """The node at a path of keys and indices, aliases resolved on the way; None if absent."""
    for step in path:
        inner = resolve(node)
        if isinstance(inner, Mapping) and isinstance(step, str):
            entry = inner.entry(step)
            if entry is None:
                return None
            node = entry[1]
        elif isinstance(inner, Sequence) and isinstance(step, int) and step < len(inner.items):
            node = inner.items[step]
        else:
            return None
    return node


def to_plain(node: Node) -> Json:
    """The JSON value of a node: the last of equal keys wins, merge keys fill what is missing."""
    inner = resolve(node)
    if isinstance(inner, Scalar):
        return inner.value
    if isinstance(inner, Sequence):
        return [to_plain(item) for item in inner.items]
    own: dict[str, Json] = {}
    merged: dict[str, Json] = {}
    for key, value in inner.entries:
        name = resolve(key)
        if is_merge(key):
            merged.update(merged_entries(to_plain(value)))
        elif isinstance(name, Scalar):
            own[key_text(name)] = to_plain(value)
    return {**merged, **own} if merged else own


def merged_entries(value: Json) -> dict[str, Json]:
    """What a merge key brings in: a mapping, or a list of them, of which the first one wins."""
    if isinstance(value, dict):
        return value
    entries: dict[str, Json] = {}
    for part in reversed(value if isinstance(value, list) else []):
        if isinstance(part, dict):
            entries.update(part)
    return entries
