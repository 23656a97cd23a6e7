"""Cleans every string of an answer before any format sees it.

Rules: this is the one gate out of holdfast. Escape sequences go first, so that they cannot split
the name of a secret; then secrets are redacted. Formats never clean again, they only escape for
their own syntax. A patch passes through as well: a report is for reading, edits are applied from
the diagnosis itself.
"""

from enum import Enum
from typing import Any, TypeVar, cast

import msgspec

from holdfast.model.printable import printable
from holdfast.model.redaction import redact

_Value = TypeVar("_Value")


def clean(value: _Value) -> _Value:
    """The same answer with nothing in it that could hurt a terminal or give away a secret."""
    return _clean(value)


def _clean(value: _Value) -> _Value:
    result: Any = value
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        result = redact(printable(value))
    elif isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        result = type(value)(**{name: _clean(getattr(value, name)) for name in names})
    elif isinstance(value, tuple):
        cleaned = [_clean(item) for item in value]
        # PodKey is a named tuple, whose constructor takes its fields one by one.
        result = type(value)(*cleaned) if hasattr(value, "_fields") else tuple(cleaned)
    elif isinstance(value, list):
        result = [_clean(item) for item in value]
    elif isinstance(value, dict):
        result = {_clean(key): _clean_entry(key, item) for key, item in value.items()}
    return cast("_Value", result)


def _clean_entry(key: object, item: _Value) -> _Value:
    """A value of a mapping, seen beside its key: {"password": "x"} has no secret in either."""
    if isinstance(key, str) and isinstance(item, str):
        prefix = f"{printable(key)}="
        together = redact(prefix + printable(item))
        if together.startswith(prefix):
            return cast("_Value", together[len(prefix) :])
    return _clean(item)
