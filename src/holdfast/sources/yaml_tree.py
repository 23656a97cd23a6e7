"""Reads YAML: as plain values for decoding, or as trees with positions for edits.

Rules: only parser events are consumed, never a composed tree, and depth and aliases are bounded,
because input is not trusted (rules.md 5.4). A broken document ends the reading of its text; the
documents before it count. Values follow the Kubernetes decoder (sources/yaml_scalar.py).
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import yaml

from holdfast.model.document import (
    MERGE_KEY,
    Alias,
    Document,
    Mapping,
    Node,
    Part,
    Scalar,
    Sequence,
    Style,
    merged_entries,
    resolve,
)
from holdfast.model.edit import Json
from holdfast.model.errors import HoldfastError
from holdfast.model.span import Span
from holdfast.sources.yaml_scalar import resolve_plain

# Objects of the API stay below 20 levels; rules.md 5.4: stop early, which keeps the scanner linear.
DEEPEST_LEVELS = 200
# Nodes that aliases may add to one document. Shared anchors of a large values file stay below
# 10,000; a bomb of nine levels would make 10^9 (rules.md 5.1, "excessive aliasing").
MOST_ALIASED_NODES = 100_000
_BYTE_ORDER_MARK = "\ufeff"
# The complement of c-printable (YAML 1.1 section 5.1), as libyaml checks it.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = "tag:yaml.org,2002:"
_RESOLVED_TAGS = frozenset(_TAG + name for name in ("int", "float", "bool", "null"))
_STYLES = {"": Style.PLAIN, **{style.value: style for style in Style if style is not Style.PLAIN}}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(HoldfastError):
    """A text is not YAML, or more of it than a reader may take."""


class Problem(NamedTuple):
    """Why reading stopped early: the place ("file:line") and what was found."""

    where: str
    what: str


class PlainDocuments(NamedTuple):
    """The values of all documents that could be read, and what ended the reading."""

    values: tuple[Json, ...]
    problem: Problem | None = None


def plain_documents(text: str, source: str) -> PlainDocuments:
    """All documents as JSON values, empty ones left out. Never raises for what the text holds."""
    values: list[Json] = []
    problem = None
    try:
        _Reader(text, source, _PlainMaker()).read(values.append)
    except YamlError as error:
        problem = Problem(error.where, error.found)
    return PlainDocuments(tuple(value for value in values if value is not None), problem)


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


def parse_part(text: str, part: Part, source: str) -> tuple[Document, ...]:
    """The documents of a part, with positions of the whole text; raises YamlError for a fault.

    The line of an error counts from the beginning of the part.
    """
    documents: list[Document] = []
    _read_trees(text, source, documents, part)
    return tuple(documents)


def _read_trees(text: str, source: str, into: list[Document], part: Part | None = None) -> None:
    """Add the documents one by one, so that those before a fault are there."""
    maker = _TreeMaker(text, part or Part(0, len(text), 0))
    newline = "\r\n" if text.find("\r\n", maker.start, maker.end) >= 0 else "\n"

    def keep(root: Node) -> None:
        aliased = frozenset(maker.aliased)
        index = len(into) + (part.first if part else 0)
        into.append(Document(source, index, text, root, newline, aliased, part))
        maker.aliased.clear()

    _Reader(text[part.start : part.end] if part else text, source, maker).read(keep)


N = TypeVar("N")


class _Maker(Protocol[N]):
    """Turns events into nodes of one kind. Raises ValueError for what JSON cannot hold."""

    def key(self, event: Any) -> N: ...
    def scalar(self, event: Any) -> N: ...
    def alias(self, event: Any, target: N) -> N: ...
    def sequence(self, start: Any, items: list[N], end: Any) -> N: ...
    def mapping(self, start: Any, flat: list[N], end: Any) -> N: ...


class _Frame(Generic[N]):
    """A collection that is still open: its event, its children, and how much hangs below it."""

    __slots__ = ("height", "is_mapping", "nodes", "size", "start")

    def __init__(self, start: Any, *, is_mapping: bool) -> None:
        self.start = start
        self.is_mapping = is_mapping
        self.nodes: list[N] = []
        self.size = 1
        self.height = 0


class _Anchored(NamedTuple, Generic[N]):
    node: N
    size: int
    height: int


class _Reader(Generic[N]):
    """Walks the events of one text with bounds on depth and on what aliases repeat."""

    def __init__(self, text: str, source: str, maker: _Maker[N]) -> None:
        self._text = text.removeprefix(_BYTE_ORDER_MARK)
        self._source = source
        self._maker = maker
        self._frames: list[_Frame[N]] = []
        self._anchors: dict[str, _Anchored[N]] = {}
        self._repeated = 0
        self._roots: list[N] = []

    def read(self, keep: Callable[[N], object]) -> None:
        """Hand over the root of each document; raises YamlError at the first fault."""
        odd = _FORBIDDEN.search(self._text)
        if odd is None:
            self._read(self._text, keep)
            return
        # The parser would refuse the whole buffer: give it the documents before this one.
        end = self._text.rfind("\n---", 0, odd.start()) + 1
        self._read(self._text[:end], keep)
        line = self._text.count("\n", 0, odd.start()) + 1
        self._fail(line, f"the character #x{ord(odd.group()):04x}, which YAML does not allow")

    def _read(self, text: str, keep: Callable[[N], object]) -> None:
        event = None
        try:
            loader = _LOADER(text)
            # yaml.parse would ask twice for each event, through a generator.
            for event in iter(loader.get_event, None):
                if type(event) is yaml.DocumentEndEvent:
                    keep(self._roots.pop())
                    self._anchors.clear()
                    self._repeated = 0
                else:
                    self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else _line_of(event)
            self._fail(line, error.problem or "a fault of syntax")
        except yaml.reader.ReaderError as error:
            self._fail(_line_of(event), str(error.reason))
        except ValueError as error:
            self._fail(_line_of(event), str(error))

    def _fail(self, line: int, found: str) -> None:
        raise YamlError(
            "reading YAML",
            f"{self._source}:{line}" if line else self._source,
            f"{found}; expected a document that kubectl would read",
            "check the text there (kubectl apply --dry-run=client -f FILE)",
        ) from None

    def _take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            frame = self._frames[-1] if self._frames else None
            keyed = frame is not None and frame.is_mapping and len(frame.nodes) % 2 == 0
            node = self._maker.key(event) if keyed else self._maker.scalar(event)
            self._add(node, event.anchor, 1, 0)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if len(self._frames) >= DEEPEST_LEVELS:
                raise ValueError(f"more than {DEEPEST_LEVELS} levels of nesting")
            self._frames.append(_Frame(event, is_mapping=kind is yaml.MappingStartEvent))
        elif kind is yaml.AliasEvent:
            self._repeat(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            frame = self._frames.pop()
            make = self._maker.mapping if frame.is_mapping else self._maker.sequence
            node = make(frame.start, frame.nodes, event)
            self._add(node, frame.start.anchor, frame.size, frame.height + 1)

    def _repeat(self, event: Any) -> None:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            raise ValueError(f"the alias *{event.anchor} without an anchor before it")
        self._repeated += anchored.size
        if self._repeated > MOST_ALIASED_NODES:
            raise ValueError(f"aliases that repeat more than {MOST_ALIASED_NODES} values")
        if len(self._frames) + anchored.height > DEEPEST_LEVELS:
            raise ValueError(f"aliases nested deeper than {DEEPEST_LEVELS} levels")
        node = self._maker.alias(event, anchored.node)
        self._add(node, None, anchored.size, anchored.height)

    def _add(self, node: N, anchor: str | None, size: int, height: int) -> None:
        if anchor:
            self._anchors[anchor] = _Anchored(node, size, height)
        if not self._frames:
            self._roots.append(node)
            return
        frame = self._frames[-1]
        frame.nodes.append(node)
        frame.size += size
        if height > frame.height:
            frame.height = height


def _line_of(event: Any) -> int:
    """The line of the last event before a fault, from 1; 0 where there was none."""
    return event.start_mark.line + 1 if event is not None else 0


def _value(event: Any) -> bool | int | float | str | None:
    """The value of a scalar: quotes and unknown tags leave text, core tags resolve it."""
    plain = event.implicit[0] and event.tag is None
    if plain or event.tag in _RESOLVED_TAGS:
        return resolve_plain(event.value)
    return str(event.value)


class _MergeKey(str):
    """A merge key without quotes, told from the text "<<"."""

    __slots__ = ()


_MERGE = _MergeKey(MERGE_KEY)


class _PlainMaker:
    """JSON values without positions."""

    def key(self, event: Any) -> Json:
        if event.value == MERGE_KEY and event.implicit[0]:
            return _MERGE
        return _value(event)

    def scalar(self, event: Any) -> Json:
        return _value(event)

    def alias(self, event: Any, target: Json) -> Json:
        del event
        return target

    def sequence(self, start: Any, items: list[Json], end: Any) -> Json:
        del start, end
        return items

    def mapping(self, start: Any, flat: list[Json], end: Any) -> Json:
        del start, end
        own: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        values = iter(flat)
        for key, value in zip(values, values, strict=True):
            if key is _MERGE:
                merged = {**merged, **merged_entries(value)}
            else:
                own[_checked_key(key)] = value
        return {**merged, **own} if merged else own


def _checked_key(key: Json) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int | float):
        return str(key)
    raise ValueError("a key that is null, a list or a mapping, which JSON cannot hold")


class _TreeMaker:
    """Nodes with spans, whose columns leave out the byte order mark.

    `aliased` collects the anchors that the document repeats.
    """

    def __init__(self, text: str, part: Part) -> None:
        self._text = text
        self.start, self.end = part.start, part.end
        self._line = part.line + 1
        self._shift = part.start + text.startswith(_BYTE_ORDER_MARK, part.start)
        self.aliased: set[str] = set()

    def key(self, event: Any) -> Node:
        return self.scalar(event)

    def scalar(self, event: Any) -> Scalar:
        style = _STYLES[event.style or ""]
        block = style is Style.LITERAL or style is Style.FOLDED
        span = self._span(event.start_mark, event.end_mark.index + self._shift, trim=block)
        tag = event.tag or ""
        return Scalar(_value(event), event.value, span, style, event.anchor or "", tag)

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
            _checked_key(inner.value if isinstance(inner, Scalar) else None)
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

    def _span(self, mark: Any, end: int, *, trim: bool = False) -> Span:
        start = mark.index + self._shift
        while trim and end > start and self._text[end - 1] in " \t\r\n":
            end -= 1
        return Span(start, end, mark.line + self._line, mark.column + 1)
