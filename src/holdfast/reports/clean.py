"""Cleans every string of an answer before any format sees it.

Rules: this is the one gate out of holdfast. Escape sequences go first, so that they cannot split
the name of a secret; then secrets are redacted. Formats never clean again, they only escape for
their own syntax. A patch passes through as well: a report is for reading, edits are applied from
the diagnosis itself. What holds nothing to clean is answered as it is, and not copied.
"""

from enum import Enum
from functools import lru_cache
from operator import is_
from typing import Any, TypeVar

import msgspec

from holdfast.model.printable import printable
from holdfast.model.redaction import redact

_Value = TypeVar("_Value")
# Names of files and objects, titles and words of rules come again and again.
_REMEMBERED = 4096
_NO_TEXT = frozenset({int, float, bool, type(None)})


def clean(value: _Value) -> _Value:
    """The same answer with nothing in it that could hurt a terminal or give away a secret."""
    cleaned: _Value = _clean(value)
    return cleaned


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        if isinstance(value, Enum):
            return value
        cleaned = _clean_text(value)
        return value if cleaned == value else cleaned
    if isinstance(value, msgspec.Struct):
        return _clean_struct(value)
    if isinstance(value, tuple):
        items = [_clean(item) for item in value]
        if all(map(is_, items, value)):
            return value
        # PodKey is a named tuple, whose constructor takes its fields one by one.
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean_entry(key, item) for key, item in value.items()}
    return value


@lru_cache(maxsize=_REMEMBERED)
def _clean_text(text: str) -> str:
    return redact(printable(text))


def _clean_struct(value: msgspec.Struct) -> msgspec.Struct:
    changed = {}
    for name in value.__struct_fields__:
        old = getattr(value, name)
        if type(old) in _NO_TEXT:
            continue
        new = _clean(old)
        if new is not old:
            changed[name] = new
    return msgspec.structs.replace(value, **changed) if changed else value


def _clean_entry(key: object, item: Any) -> Any:
    """A value of a mapping, seen beside its key: {"password": "x"} has no secret in either."""
    if isinstance(key, str) and isinstance(item, str):
        prefix = f"{printable(key)}="
        together = redact(prefix + printable(item))
        if together.startswith(prefix):
            return together[len(prefix) :]
    return _clean(item)
