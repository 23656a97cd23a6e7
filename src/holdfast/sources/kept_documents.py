"""Documents of one run that stay at hand in few bytes.

Rules: a tree is read again from its text when a place is asked for, and only the last ones stay
open. The values of an ordinary run stay as they are; those of a long one are packed. A stream of
100,000 documents is then as large as its text and what was found in it.
"""

import marshal
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from holdfast.model.document import Document
from holdfast.model.edit import Json
from holdfast.sources.manifest_stream import Manifest
from holdfast.sources.yaml_tree import parse_part

# In tests/lint/corpus a tree takes 18 kB, a value 3 kB; packed it is half as long as its text.
# Hazards of one document are mostly found together: 500 trees would save 3 of 100 readings.
_OPEN_TREES, _OPEN_VALUES = 16, 64
# The first ones are asked for again when all objects are looked at together, in the same order:
# the last ones used would be the wrong ones to keep.
_NEVER_PACKED = 2048
K = TypeVar("K")
V = TypeVar("V")


class KeptDocuments:
    """All documents of a run."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._trees: _LastUsed[KeptDocument, Document] = _LastUsed(_OPEN_TREES)
        self._values: _LastUsed[KeptDocument, Json] = _LastUsed(_OPEN_VALUES)
        self._count = 0
        self._last: tuple[KeptDocument, Manifest] | None = None

    def keep(self, manifest: Manifest) -> "KeptDocument":
        """One more document."""
        self._count += 1
        packed = self._count > _NEVER_PACKED
        kept = KeptDocument(self, manifest, packed=packed)
        if packed:
            self._values.put(kept, manifest.value)
        self._last = (kept, manifest)
        return kept

    def tree_of(self, kept: "KeptDocument") -> Document:
        """The tree of a document. The last one that was kept has its events at hand."""
        if self._last is not None and self._last[0] is kept:
            return self._last[1].tree
        return self._trees.get(kept, kept.read)

    def value_of(self, kept: "KeptDocument") -> Json:
        """The value of a document that was packed; nobody changes it."""
        return self._values.get(kept, kept.unpack)


class KeptDocument:
    """One document: its value, packed or not, and where to read its tree."""

    __slots__ = ("_all", "_packed", "_part", "_text", "_value", "file", "has_odd_keys")

    def __init__(self, everything: KeptDocuments, manifest: Manifest, *, packed: bool) -> None:
        """`packed` saves memory, and costs time when the value is asked for."""
        self._all = everything
        self._value = None if packed else manifest.value
        self._packed = marshal.dumps(manifest.value) if packed else b""
        self._text, self._part = manifest.text, manifest.part
        self.file = manifest.file
        self.has_odd_keys = manifest.has_odd_keys

    @property
    def index(self) -> int:
        """How many documents of its file stand before it."""
        return self._part.first

    @property
    def tree(self) -> Document:
        """With positions."""
        return self._all.tree_of(self)

    @property
    def value(self) -> Json:
        """Without positions."""
        return self._all.value_of(self) if self._packed else self._value

    def read(self) -> Document:
        """The tree, from the text."""
        return parse_part(self._text, self._part, self.file)

    def unpack(self) -> Json:
        """The value, from what was packed here: never from bytes of anybody else."""
        return marshal.loads(self._packed)  # type: ignore[no-any-return]  # noqa: S302


class _LastUsed(Generic[K, V]):
    """The last few values, oldest first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: OrderedDict[K, V] = OrderedDict()

    def put(self, key: K, value: V) -> None:
        self._open[key] = value
        if len(self._open) > self._most:
            self._open.popitem(last=False)

    def get(self, key: K, make: Callable[[], V]) -> V:
        value = self._open.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value
