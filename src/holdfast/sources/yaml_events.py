"""Walks the events of a YAML parser within bounds, and makes nodes of them.

Rules: only parser events are consumed, never a composed tree, and depth and aliases are bounded,
because input is not trusted (rules.md 5.4). A broken document ends the reading of its text; the
documents before it count. Values follow the Kubernetes decoder (sources/yaml_scalar.py).
"""

import itertools
from collections.abc import Callable, Iterator
from re import Match
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import yaml

from holdfast.model.edit import Json
from holdfast.model.errors import HoldfastError
from holdfast.model.regex import regex
from holdfast.sources.yaml_scalar import resolve_plain

# Objects of the API stay below 20 levels; rules.md 5.4: stop early, which keeps the scanner linear.
DEEPEST_LEVELS = 200
# Nodes that aliases may add to one document. Shared anchors of a large values file stay below
# 10,000; a bomb of nine levels would make 10^9 (rules.md 5.1, "excessive aliasing").
MOST_ALIASED_NODES = 100_000
# Characters of a text whose events are remembered; they take some fifty times as much memory.
_MOST_REMEMBERED = 50_000
BYTE_ORDER_MARK = "\ufeff"
# The complement of c-printable (YAML 1.1 section 5.1), as libyaml checks it.
_FORBIDDEN = regex("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = bytes((*b"\t\n\r", *range(0x20, 0x7F)))
_TAG = "tag:yaml.org,2002:"
_RESOLVED_TAGS = frozenset(_TAG + name for name in ("int", "float", "bool", "null"))
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STARTS = frozenset({yaml.MappingStartEvent, yaml.SequenceStartEvent})
_ENDS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})


class YamlError(HoldfastError):
    """A text is not YAML, or more of it than a reader may take."""


N = TypeVar("N")


class Maker(Protocol[N]):
    """Turns events into nodes of one kind. Raises ValueError for what JSON cannot hold."""

    def key(self, event: Any) -> N:
        """A scalar that stands as a key."""

    def scalar(self, event: Any) -> N:
        """Any other scalar."""

    def alias(self, event: Any, target: N) -> N:
        """A node again."""

    def sequence(self, start: Any, items: list[N], end: Any) -> N:
        """A list."""

    def mapping(self, start: Any, flat: list[N], end: Any) -> N:
        """A mapping of keys and values, which take turns in `flat`."""


class _Anchored(NamedTuple, Generic[N]):
    node: N
    size: int
    height: int


Events = Iterator[Any]


def read_events(
    text: str,
    source: str,
    maker: Maker[N],
    keep: Callable[[N], object],
    *,
    remembered: Events | None = None,
) -> Events | None:
    """Hand over the root of each document of a text; raises YamlError at the first fault.

    Gives the events of a small text to whoever will read it once more, as `remembered`.
    """
    reader = _Reader(text, source, maker, remembered)
    reader.read(keep)
    return reader.again


def _first_forbidden(text: str) -> "Match[str] | None":
    """The first character that YAML does not allow; most texts are plain ASCII without any."""
    if text.isascii() and not text.encode("ascii").translate(None, _PLAIN):
        return None
    return _FORBIDDEN.search(text)


class _Reader(Generic[N]):
    """Walks the events of one text with bounds on depth and on what aliases repeat."""

    def __init__(self, text: str, source: str, maker: Maker[N], remembered: Events | None) -> None:
        self.again: Events | None = None
        self._remembered = remembered
        self._text = text.removeprefix(BYTE_ORDER_MARK)
        self._source = source
        self._maker = maker
        self._anchors: dict[str, _Anchored[N]] = {}
        self._repeated = 0
        self._last: Any = None

    def read(self, keep: Callable[[N], object]) -> None:
        """Hand over the root of each document; raises YamlError at the first fault."""
        odd = _first_forbidden(self._text)
        if odd is None:
            self._read(self._text, keep)
            return
        # The parser would refuse the whole buffer: give it the documents before this one.
        end = self._text.rfind("\n---", 0, odd.start()) + 1
        self._read(self._text[:end], keep)
        line = self._text.count("\n", 0, odd.start()) + 1
        self._fail(line, f"the character #x{ord(odd.group()):04x}, which YAML does not allow")

    def _read(self, text: str, keep: Callable[[N], object]) -> None:
        try:
            self._walk(text, keep)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else self._last_line()
            self._fail(line, error.problem or "a fault of syntax")
        except yaml.reader.ReaderError as error:
            self._fail(self._last_line(), str(error.reason))
        except ValueError as error:
            self._fail(self._last_line(), str(error))

    def _fail(self, line: int, found: str) -> None:
        raise YamlError(
            "reading YAML",
            f"{self._source}:{line}" if line else self._source,
            f"{found}; expected a document that kubectl would read",
            "check the text there (kubectl apply --dry-run=client -f FILE)",
        ) from None

    def _last_line(self) -> int:
        """The line of the last event before a fault, from 1; 0 where there was none."""
        return self._last.start_mark.line + 1 if self._last is not None else 0

    def _walk(self, text: str, keep: Callable[[N], object]) -> None:
        """One loop without calls of its own: no other function takes as much of a long check.

        `count` is how many nodes were read, `height` how many levels hang below the open one.
        """
        key, scalar = self._maker.key, self._maker.scalar
        mapping, sequence = self._maker.mapping, self._maker.sequence
        event = None
        # What each open collection interrupts: nodes, whether of a mapping, count and height.
        frames: list[tuple[list[N], bool, Any, int, int]] = []
        nodes: list[N] = []
        in_mapping, count, height = False, 0, 0
        try:
            for event in self._events(text):
                kind = type(event)
                if kind is yaml.ScalarEvent:
                    count += 1
                    node = key(event) if in_mapping and not len(nodes) % 2 else scalar(event)
                    nodes.append(node)
                    if event.anchor:
                        self._anchors[event.anchor] = _Anchored(node, 1, 0)
                elif kind in _STARTS:
                    if len(frames) >= DEEPEST_LEVELS:
                        raise ValueError(f"more than {DEEPEST_LEVELS} levels of nesting")
                    frames.append((nodes, in_mapping, event, count, height))
                    nodes, in_mapping, height = [], kind is yaml.MappingStartEvent, 0
                elif kind in _ENDS:
                    make = mapping if in_mapping else sequence
                    inner, inner_height = nodes, height + 1
                    nodes, in_mapping, start, before, height = frames.pop()
                    node = make(start, inner, event)
                    nodes.append(node)
                    count += 1
                    if inner_height > height:
                        height = inner_height
                    if start.anchor:
                        self._anchors[start.anchor] = _Anchored(node, count - before, inner_height)
                elif kind is yaml.AliasEvent:
                    again = self._repeat(event, len(frames))
                    nodes.append(again.node)
                    count, height = count + again.size, max(height, again.height)
                elif kind is yaml.DocumentEndEvent:
                    keep(nodes.pop())
                    self._anchors.clear()
                    self._repeated = 0
        finally:
            self._last = event

    def _events(self, text: str) -> Events:
        if self._remembered is not None:
            return self._remembered
        # yaml.parse would ask twice for each event, through a generator.
        events = iter(_LOADER(text).get_event, None)
        if len(text) > _MOST_REMEMBERED:
            return events
        events, self.again = itertools.tee(events)
        return events

    def _repeat(self, event: Any, level: int) -> _Anchored[N]:
        """What an alias repeats, on a level of its document."""
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            raise ValueError(f"the alias *{event.anchor} without an anchor before it")
        self._repeated += anchored.size
        if self._repeated > MOST_ALIASED_NODES:
            raise ValueError(f"aliases that repeat more than {MOST_ALIASED_NODES} values")
        if level + anchored.height > DEEPEST_LEVELS:
            raise ValueError(f"aliases nested deeper than {DEEPEST_LEVELS} levels")
        return anchored._replace(node=self._maker.alias(event, anchored.node))


def value_of(event: Any) -> bool | int | float | str | None:
    """The value of a scalar: quotes and unknown tags leave text, core tags resolve it."""
    tag = event.tag
    if event.implicit[0] if tag is None else tag in _RESOLVED_TAGS:
        return resolve_plain(event.value)
    return event.value  # type: ignore[no-any-return]  # always a text


def checked_key(key: Json) -> str:
    """A key as JSON has it: `1:` is "1", `on:` is "true". Raises ValueError for what is none."""
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int | float):
        return str(key)
    raise ValueError("a key that is null, a list or a mapping, which JSON cannot hold")
