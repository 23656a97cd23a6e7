"""Cleans every string of an answer before any format sees it.

Rules: this is the one gate out of holdfast. Escape sequences go first, so that they cannot split
the name of a secret; then secrets are redacted. Formats never clean again, they only escape for
their own syntax. A patch passes through as well: a report is for reading, edits are applied from
the diagnosis itself. What holds nothing to clean is answered as it is, and not copied.
"""

from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, cast

import msgspec

from holdfast.model.printable import printable
from holdfast.model.redaction import redact

_Value = TypeVar("_Value")
# Names of files and objects, titles and words of rules come again and again.
_REMEMBERED = 4096


def clean(value: _Value) -> _Value:
    """The same answer with nothing in it that could hurt a terminal or give away a secret."""
    return _clean(value)


def _clean(value: _Value) -> _Value:
    result: Any = value
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        cleaned = _clean_text(value)
        result = value if cleaned == value else cleaned
    elif isinstance(value, msgspec.Struct):
        result = _clean_struct(value)
    elif isinstance(value, tuple):
        items = [_clean(item) for item in value]
        if any(new is not old for new, old in zip(items, value, strict=True)):
            # PodKey is a named tuple, whose constructor takes its fields one by one.
            result = type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    elif isinstance(value, list):
        result = [_clean(item) for item in value]
    elif isinstance(value, dict):
        result = {_clean(key): _clean_entry(key, item) for key, item in value.items()}
    return cast("_Value", result)


@lru_cache(maxsize=_REMEMBERED)
def _clean_text(text: str) -> str:
    return redact(printable(text))


def _clean_struct(value: msgspec.Struct) -> msgspec.Struct:
    changed = {}
    for name in value.__struct_fields__:
        old = getattr(value, name)
        new = _clean(old)
        if new is not old:
            changed[name] = new
    return msgspec.structs.replace(value, **changed) if changed else value


def _clean_entry(key: object, item: _Value) -> _Value:
    """A value of a mapping, seen beside its key: {"password": "x"} has no secret in either."""
    if isinstance(key, str) and isinstance(item, str):
        prefix = f"{printable(key)}="
        together = redact(prefix + printable(item))
        if together.startswith(prefix):
            return cast("_Value", together[len(prefix) :])
    return _clean(item)
