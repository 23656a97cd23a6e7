"""Objects of the API as rules see them: plain values, and a place for each field.

Rules: `at` answers for every path. A field that is not there is at its nearest parent, because that
is where it would have to be written. An object holds only what names it: its value and its
positions are its document's, which need not be at hand all the time.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from holdfast.lint.problem import Path
from holdfast.lint.subject import Subject
from holdfast.model.document import Alias, Document, Mapping, Node, Scalar, Sequence, resolve
from holdfast.model.edit import Json
from holdfast.model.hazard import Place
from holdfast.model.span import Span


class Source(Protocol):
    """A document, as a value and as a tree with positions; either may be made when asked for."""

    @property
    def file(self) -> str:
        """Its file."""

    @property
    def index(self) -> int:
        """How many documents of its file stand before it."""

    @property
    def tree(self) -> Document:
        """With positions."""

    @property
    def value(self) -> Json:
        """Without positions."""

    @property
    def has_odd_keys(self) -> bool:
        """Whether a key is written twice, or is no text."""


class ObjectSubject(Subject):
    """One API object of a document; items of a List are objects of their own."""

    __slots__ = ("_root", "api_version", "kind", "name", "namespace", "source")

    def __init__(self, source: Source, root: Path, value: dict[str, Any]) -> None:
        """`root` is where in the document the object stands; `value` is its JSON."""
        self.source = source
        self._root = root
        metadata = _mapping(value.get("metadata"))
        self.kind = _text(value.get("kind"))
        self.api_version = _text(value.get("apiVersion"))
        self.name = _text(metadata.get("name") or metadata.get("generateName"))
        self.namespace = _text(metadata.get("namespace"))

    @property
    def document(self) -> Document:
        """The document with its positions."""
        return self.source.tree

    @property
    def file(self) -> str:
        """The file it stands in."""
        return self.source.file

    @property
    def value(self) -> dict[str, Any]:
        """Its JSON."""
        value: Any = self.source.value
        for step in self._root:
            value = value[step]
        if "kind" not in value:
            value = {"apiVersion": self.api_version, "kind": self.kind, **value}
        return value  # type: ignore[no-any-return]  # JSON of an untyped document

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata; empty where there is none."""
        return self.mapping("metadata")

    @property
    def root(self) -> Path:
        """Where the object stands in its document."""
        return self._root

    @property
    def spec(self) -> dict[str, Any]:
        """Its spec; empty where there is none."""
        return self.mapping("spec")

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return texts(self.metadata.get("labels"))

    @property
    def annotations(self) -> dict[str, str]:
        """Its annotations."""
        return texts(self.metadata.get("annotations"))

    def get(self, *path: str | int) -> Json:
        """The value at a path; None where there is nothing."""
        found: Any = self.value
        for step in path:
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found  # type: ignore[no-any-return]  # JSON of an untyped document

    def mapping(self, *path: str | int) -> dict[str, Any]:
        """The mapping at a path; empty for anything else."""
        return _mapping(self.get(*path))

    def items(self, *path: str | int) -> list[Any]:
        """The list at a path; empty for anything else."""
        found = self.get(*path)
        return found if isinstance(found, list) else []

    def at(self, *path: str | int) -> Place:
        """Where a field stands, or its nearest parent that is there."""
        return place_of(self.document, (*self.root, *path), len(self.root))

    def meets_surely(self, other: "ObjectSubject") -> bool:
        """Whether both certainly lie in one namespace: it is written, or their directory is one."""
        directories = {one.file.rpartition("/")[0] for one in (self, other)}
        return bool(self.namespace) or len(directories) == 1

    def __str__(self) -> str:
        """ "Deployment/api", as people name it."""
        return f"{self.kind}/{self.name}" if self.name else self.kind


def objects_of(source: Source) -> Iterator[ObjectSubject]:
    """The objects of a document: itself, or the items of a List."""
    value = source.value
    if not isinstance(value, dict):
        return
    kind, listed, _ = _text(value.get("kind")).rpartition("List")
    if listed and "items" in value:
        items = value["items"]
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                # The API leaves kind and version out of the items of a typed list.
                version = value.get("apiVersion")
                named = {"apiVersion": version, "kind": kind, **item} if kind else item
                yield ObjectSubject(source, ("items", index), named)
    elif value.get("kind"):
        yield ObjectSubject(source, (), value)


def place_of(document: Document, path: Path, shown_from: int = 0) -> Place:
    """The place of a field: key and value of a scalar, the key of anything larger.

    `shown_from` is how many steps of the path are left out when it is told.
    """
    node: Node = document.root
    key: Node | None = None
    for step in path:
        inner = resolve(node)
        entry = inner.entry(step) if isinstance(inner, Mapping) and isinstance(step, str) else None
        if entry is not None:
            key, node = entry
        elif isinstance(inner, Sequence) and isinstance(step, int) and step < len(inner.items):
            key, node = None, inner.items[step]
        else:
            break
    path = path[shown_from:]
    return place_in(document.file, document.text, _span(key, node), path_text(path))


def place_of_span(document: Document, span: Span, path: str = "") -> Place:
    """A place that is no field of an object: a key, for instance."""
    return place_in(document.file, document.text, span, path)


def place_in(file: str, text: str, span: Span, path: str) -> Place:
    """The place of a span of any text."""
    breaks = text.count("\n", span.start, span.end)
    if breaks:
        column = span.end - text.rfind("\n", 0, span.end)
    else:
        column = span.column + span.end - span.start
    return Place(file, span, span.line + breaks, column, path)


def path_text(path: Path) -> str:
    """A path as the API writes it: spec.containers[0].image."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def texts(value: object) -> dict[str, str]:
    """A mapping of texts, as labels are; what is no text is left out."""
    if not isinstance(value, dict):
        return {}
    return {k: v for k, v in value.items() if isinstance(v, str)}


def _span(key: Node | None, node: Node) -> Span:
    if key is None:
        return _first(node)
    one_line = isinstance(node, Scalar | Alias) and node.span.line == key.span.line
    end = node.span.end if one_line and node.span.end > key.span.end else key.span.end
    return Span(key.span.start, end, key.span.line, key.span.column)


def _first(node: Node) -> Span:
    """The first line of something without a key: an item of a list, or a document."""
    if isinstance(node, Mapping) and node.entries:
        key, value = node.entries[0]
        return _span(key, value)
    if isinstance(node, Sequence) and node.items:
        return _first(node.items[0])
    return node.span


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
