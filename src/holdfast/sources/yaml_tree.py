"""Reads YAML as trees in which every value knows its place, for edits and findings."""

from contextlib import suppress
from typing import Any

from holdfast.model.document import (
    Alias,
    Document,
    Mapping,
    Node,
    Part,
    Scalar,
    Sequence,
    Style,
    resolve,
)
from holdfast.model.span import Span
from holdfast.sources.yaml_events import (
    BYTE_ORDER_MARK,
    Events,
    YamlError,
    checked_key,
    read_events,
    value_of,
)

_STYLES: dict[str | None, Style] = {
    "": Style.PLAIN,
    None: Style.PLAIN,
    **{style.value: style for style in Style},
}
_BLOCKS = "|>"


def parse_documents(text: str, source: str) -> tuple[Document, ...]:
    """The documents before the first fault, as trees. Never raises for what the text holds."""
    documents: list[Document] = []
    with suppress(YamlError):
        _read_trees(text, source, documents)
    return tuple(documents)


def parse_documents_strictly(text: str, source: str) -> tuple[Document, ...]:
    """All documents as trees; raises YamlError with the place of the first fault."""
    documents: list[Document] = []
    _read_trees(text, source, documents)
    return tuple(documents)


def parse_part(text: str, part: Part, source: str, events: Events | None = None) -> Document:
    """The document of a part, with positions of the whole text.

    It was read as a value before, so that it has no fault; `events` are what that remembered.
    """
    documents: list[Document] = []
    _read_trees(text, source, documents, part, events)
    return documents[0]


def _read_trees(
    text: str,
    source: str,
    into: list[Document],
    part: Part | None = None,
    events: Events | None = None,
) -> None:
    """Add the documents one by one, so that those before a fault are there."""
    maker = _TreeMaker(text, part or Part(0, len(text), 0))
    newline = "\r\n" if text.find("\r\n", maker.start, maker.end) >= 0 else "\n"

    def keep(root: Node) -> None:
        aliased = frozenset(maker.aliased)
        index = len(into) + (part.first if part else 0)
        into.append(Document(source, index, text, root, newline, aliased, part))
        maker.aliased.clear()

    read = text[part.start : part.end] if part else text
    read_events(read, source, maker, keep, remembered=events)


class _TreeMaker:
    """Nodes with spans, whose columns leave out the byte order mark.

    `aliased` collects the anchors that the document repeats.
    """

    def __init__(self, text: str, part: Part) -> None:
        self._text = text
        self.start, self.end = part.start, part.end
        self._line = part.line + 1
        self._shift = part.start + text.startswith(BYTE_ORDER_MARK, part.start)
        self.aliased: set[str] = set()

    def scalar(self, event: Any) -> Scalar:
        mark, style = event.start_mark, event.style
        end = event.end_mark.index + self._shift
        if style and style in _BLOCKS:
            while self._text[end - 1] in " \t\r\n":
                end -= 1
        span = Span(mark.index + self._shift, end, mark.line + self._line, mark.column + 1)
        tag, anchor = event.tag or "", event.anchor or ""
        return Scalar(value_of(event), event.value, span, _STYLES[style], anchor, tag)

    key = scalar

    def alias(self, event: Any, target: Node) -> Node:
        self.aliased.add(event.anchor)
        span = self._span(event.start_mark, event.end_mark.index + self._shift)
        return Alias(event.anchor, span, target)

    def sequence(self, start: Any, items: list[Node], end: Any) -> Node:
        span = self._collection(start, items, end)
        column = self._text.find("-", span.start) if not start.flow_style and items else span.start
        line_start = (self._text.rfind("\n", 0, column) + 1) or self._shift
        anchor = start.anchor or ""
        return Sequence(tuple(items), span, start.flow_style, column - line_start, anchor)

    def mapping(self, start: Any, flat: list[Node], end: Any) -> Node:
        for key in flat[::2]:
            inner = resolve(key)
            checked_key(inner.value if isinstance(inner, Scalar) else None)
        span = self._collection(start, flat, end)
        column = (flat[0].span if flat else span).column - 1
        entries = tuple(zip(flat[::2], flat[1::2], strict=True))
        return Mapping(entries, span, start.flow_style, column, start.anchor or "")

    def _collection(self, start: Any, nodes: list[Node], end: Any) -> Span:
        """A block collection ends with its last child: the parser's mark lies further on."""
        flow = start.flow_style or not nodes
        return self._span(
            start.start_mark, end.end_mark.index + self._shift if flow else nodes[-1].span.end
        )

    def _span(self, mark: Any, end: int) -> Span:
        return Span(mark.index + self._shift, end, mark.line + self._line, mark.column + 1)
