"""Builds HTML and SVG in which text is always escaped.

Rules: only `element` and `join` make Markup; whatever else goes in is escaped. Attributes are
escaped as well and always quoted. There is no way to pass an event handler or a style attribute:
the content security policy of the report forbids both.
"""

import html
from collections.abc import Iterable


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = Markup | str | None
_VOID = frozenset({"meta", "link", "input", "br"})


def element(name: str, /, *children: Child, **attributes: str | float | None) -> Markup:
    """An element. A trailing "_" of an attribute is dropped, other "_" become "-".

    An attribute of None is left out, one of "" stands without a value.
    """
    given = "".join(
        _attribute(key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{join(children)}</{name}>")


def join(children: Iterable[Child]) -> Markup:
    """Several pieces of markup or text, one after the other."""
    return Markup("".join(_escaped(child) for child in children if child is not None))


def _attribute(name: str, value: str | float) -> str:
    if value == "":
        return f" {name}"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f' {name}="{html.escape(text, quote=True)}"'


def _escaped(child: Markup | str) -> str:
    return child if isinstance(child, Markup) else html.escape(child, quote=False)
