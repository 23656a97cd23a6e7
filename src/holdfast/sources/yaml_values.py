"""Reads YAML as plain values, without positions: what nearly every document is needed as."""

from typing import Any, NamedTuple

import msgspec

from holdfast.model.document import MERGE_KEY, merged_entries
from holdfast.model.edit import Json
from holdfast.sources.yaml_events import Events, YamlError, checked_key, read_events, value_of


class Problem(NamedTuple):
    """Why reading stopped early: the place ("file:line") and what was found."""

    where: str
    what: str


class PlainDocuments(NamedTuple):
    """The values of all documents that could be read, and what ended the reading."""

    values: tuple[Json, ...]
    problem: Problem | None = None


class PlainDocument(msgspec.Struct, frozen=True):
    """The value of a document, and whether one of its keys is written twice or is no text."""

    value: Json
    has_odd_keys: bool
    events: Events | None
    """To read it once more; None where that begins with its text."""


def plain_documents(text: str, source: str) -> PlainDocuments:
    """All documents as JSON values, empty ones left out. Never raises for what the text holds."""
    values: list[Json] = []
    problem = None
    try:
        read_events(text, source, _ValueMaker(), values.append)
    except YamlError as error:
        problem = Problem(error.where, error.found)
    return PlainDocuments(tuple(value for value in values if value is not None), problem)


def plain_document(text: str, source: str) -> PlainDocument | None:
    """The one document of a text; None where there is none. Raises YamlError for a fault."""
    values: list[Json] = []
    maker = _ValueMaker()
    events = read_events(text, source, maker, values.append)
    return PlainDocument(values[0], maker.has_odd_keys, events) if values else None


class _MergeKey(str):
    """A merge key without quotes, told from the text "<<"."""

    __slots__ = ()


_MERGE = _MergeKey(MERGE_KEY)


class _ValueMaker:
    """JSON values without positions."""

    def __init__(self) -> None:
        self.has_odd_keys = False
        self._is_suspicious = False
        """Whether something was read that is no text and may be a key."""

    scalar = staticmethod(value_of)

    def key(self, event: Any) -> Json:
        if event.value == MERGE_KEY and event.implicit[0]:
            self._is_suspicious = True
            return _MERGE
        value = value_of(event)
        if type(value) is not str:
            self._is_suspicious = True
        return value

    def alias(self, event: Any, target: Json) -> Json:
        del event
        self._is_suspicious = True
        return MERGE_KEY if target is _MERGE else target

    def sequence(self, start: Any, items: list[Json], end: Any) -> Json:
        del start, end
        return items

    def mapping(self, start: Any, flat: list[Any], end: Any) -> Json:
        del start, end
        keys, values = flat[::2], flat[1::2]
        if self._is_suspicious:
            return self._odd_mapping(keys, values)
        try:
            own: dict[str, Json] = dict(zip(keys, values, strict=True))
        except TypeError:  # a list or a mapping as a key
            return self._odd_mapping(keys, values)
        if len(own) < len(keys):
            self.has_odd_keys = True
        return own

    def _odd_mapping(self, keys: list[Json], values: list[Json]) -> Json:
        """One with merge keys, or with keys that are no texts."""
        self.has_odd_keys = True
        own: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        for key, value in zip(keys, values, strict=True):
            if key is _MERGE:
                merged = {**merged, **merged_entries(value)}
            else:
                own[checked_key(key)] = value
        return {**merged, **own}
