"""Writes JSON values as YAML in the manner of the text around them.

Rules: what is written must be read back as the same value by the Kubernetes decoder; a text that
could be taken for anything else is quoted (rules.md 5.1).
"""

import json
import re
from collections.abc import Iterator

import msgspec

from holdfast.model.document import Document, Mapping, Node, Scalar, Sequence, Style, children
from holdfast.model.edit import Json
from holdfast.model.regex import regex

_BARE = regex(r"(?:[A-Za-z_/][\w./@%+-]*|[0-9]+(?:m|Ki|Mi|Gi|Ti))", re.ASCII)
_WORDS = frozenset({"y", "yes", "true", "on", "n", "no", "false", "off", "null"})
_DEFAULT_STEP = 2


class Layout(msgspec.Struct, frozen=True):
    """How a document is indented: spaces per level, and whether dashes are indented as well."""

    step: int = _DEFAULT_STEP
    dash_indent: int = _DEFAULT_STEP
    newline: str = "\n"


def layout_of(document: Document) -> Layout:
    """The habits of the text, from the first place that shows each of them."""
    step = dash_indent = None
    for parent, child in _nested(document.root):
        if isinstance(child, Mapping) and step is None:
            step = child.column - parent.column
        if isinstance(child, Sequence) and dash_indent is None:
            dash_indent = child.column - parent.column
        if step is not None and dash_indent is not None:
            break
    step = step or _DEFAULT_STEP
    return Layout(step, step if dash_indent is None else max(0, dash_indent), document.newline)


def _nested(node: Node) -> Iterator[tuple[Mapping, Node]]:
    """Block mappings with their block values, nearest first."""
    queue = [node]
    for current in queue:
        if isinstance(current, Mapping) and not current.flow:
            for _, value in current.entries:
                if isinstance(value, Mapping | Sequence) and not value.flow:
                    yield current, value
        queue.extend(children(current))


def write_entry(key: str, value: Json, indent: int, layout: Layout) -> str:
    """ "key: value" as lines of a block mapping, the first one without its indent."""
    head = f"{write_scalar(key)}:"
    if isinstance(value, dict) and value:
        inner = indent + layout.step
        lines = [write_entry(k, v, inner, layout) for k, v in value.items()]
        return head + "".join(f"{layout.newline}{' ' * inner}{line}" for line in lines)
    if isinstance(value, list) and value:
        inner = indent + layout.dash_indent
        lines = [write_item(item, inner, layout) for item in value]
        return head + "".join(f"{layout.newline}{' ' * inner}{line}" for line in lines)
    return f"{head} {write_flow(value)}"


def write_item(value: Json, indent: int, layout: Layout) -> str:
    """ "- value" as lines of a block sequence whose dashes stand at `indent`."""
    if isinstance(value, dict) and value:
        inner = indent + 2
        entries = [write_entry(k, v, inner, layout) for k, v in value.items()]
        return "- " + f"{layout.newline}{' ' * inner}".join(entries)
    return f"- {write_flow(value)}"


def write_flow(value: Json) -> str:
    """A value on one line: a scalar, or a collection in brackets."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{write_scalar(k)}: {write_flow(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(write_flow(item) for item in value) + "]"
    return write_scalar(value)


def write_scalar(value: bool | int | float | str | None) -> str:
    """A scalar without quotes where that is safe, else in double quotes."""
    if isinstance(value, str):
        bare = _BARE.fullmatch(value) and value.lower() not in _WORDS
        return value if bare else json.dumps(value, ensure_ascii=not value.isprintable())
    return json.dumps(value)


def rewrite_scalar(old: Scalar, value: bool | int | float | str | None, layout: Layout) -> str:
    """A new value in the quotes of the old one; blocks of text stay blocks."""
    if not isinstance(value, str) or old.style is Style.PLAIN:
        return write_scalar(value)
    if old.style in (Style.LITERAL, Style.FOLDED):
        return _write_block(value, old.span.column - 1, layout)
    if old.style is Style.SINGLE and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=not value.isprintable())


def _write_block(value: str, column: int, layout: Layout) -> str:
    """A literal block, where the text allows one; its lines are indented as its header stands."""
    body = value.removesuffix("\n")
    lines = body.split("\n")
    simple = all(line.isprintable() for line in lines) and not value.endswith("\n\n")
    if not simple or not body or body.startswith((" ", "\n")) or body.endswith("\n"):
        return json.dumps(value, ensure_ascii=True)
    head = "|" if value.endswith("\n") else "|-"
    pad = " " * max(column, 1)
    return head + "".join(f"{layout.newline}{pad if line else ''}{line}" for line in lines)
