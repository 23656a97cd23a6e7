"""Adds to one reading of an object what another reading of the same object has beside it.

Why: a client writes only the fields that it knows. A dump made by an older kubectl has lost what
newer API servers keep, such as restartPolicyRules.
"""

from typing import Any, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


def fill_in(first: S, second: S) -> S:
    """`first`, with each field that it leaves out (None) as `second` has it, at any depth."""
    changes = {}
    for field in first.__struct_fields__:
        value, other = getattr(first, field), getattr(second, field)
        filled = _filled(value, other)
        if filled is not value:
            changes[field] = filled
    return msgspec.structs.replace(first, **changes) if changes else first


def _filled(value: Any, other: Any) -> Any:
    if value is None:
        return other
    if isinstance(value, msgspec.Struct) and type(value) is type(other):
        return fill_in(value, other)
    if isinstance(value, tuple) and isinstance(other, tuple):
        items = tuple(map(_filled, value, other)) if _names(value) == _names(other) else value
        return value if all(a is b for a, b in zip(value, items, strict=True)) else items
    return value


def _names(items: tuple[Any, ...]) -> list[str]:
    """What tells the items of a list of the API apart; for others, their number alone."""
    return [str(getattr(item, "name", "")) for item in items]
