"""Writes the reference of the workload language: `python -m tests.simulation.reference`.

The text under each field of `workload.py` is its documentation; the page repeats it, so that both
can never differ.
"""

import ast
import re
import types
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from holdfast.model.duration import Duration
from holdfast.model.quantity import Quantity
from holdfast.simulation import consumption, spell, workload
from holdfast.simulation.distribution import Distribution
from holdfast.simulation.spell import Part, Spell
from holdfast.simulation.workload import ContainerWorkload, Workload

PAGE = Path(__file__).parents[2] / "docs" / "workloads.md"
_BEGIN, _END = "<!-- reference -->\n", "<!-- end of reference -->\n"


def reference() -> str:
    """The tables of all parts, from the document downwards."""
    texts = _texts()
    lines: list[str] = []
    for part in _parts():
        lines += [f"### {part.__name__}", "", _sentence(part), ""]
        lines += ["| field | value | default | meaning |", "|---|---|---|---|"]
        hints = get_type_hints(part, include_extras=True)
        for field in msgspec.structs.fields(part):
            owner = next(c for c in part.__mro__ if field.name in c.__annotations__)
            if owner is Spell and part is not Spell:
                continue
            text = texts[owner.__name__, field.name]
            row = (f"`{field.encode_name}`", _type(hints[field.name]), _default(field), text)
            lines.append("| " + " | ".join(row) + " |")
        lines.append("")
    return "\n".join(lines)


def with_reference(page: str) -> str:
    """The page with its reference as it should be."""
    begin, end = page.index(_BEGIN) + len(_BEGIN), page.index(_END)
    return page[:begin] + reference() + page[end:]


def examples(page: str) -> list[str]:
    """The YAML examples of the page."""
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


def _parts() -> Iterator[type[Part]]:
    """Every part once, in the order in which a reader meets them."""
    waiting: list[type[Part]] = [Workload, ContainerWorkload, Spell]
    met: set[type[Part]] = set()
    while waiting:
        part = waiting.pop(0)
        if part in met:
            continue
        met.add(part)
        yield part
        for hint in get_type_hints(part).values():
            waiting.extend(_below(hint))


def _below(hint: Any) -> Iterator[type[Part]]:
    if isinstance(hint, type) and issubclass(hint, Part):
        yield hint
    for inner in get_args(hint):
        yield from _below(inner)


def _texts() -> dict[tuple[str, str], str]:
    """(class, field) -> the text below the field; StrEnum members likewise."""
    found = {}
    for module in (spell, workload, consumption):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            for field, text in zip(node.body, node.body[1:], strict=False):
                is_text = isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
                if isinstance(field, ast.AnnAssign) and is_text:
                    name = field.target.id  # type: ignore[union-attr]  # fields are names
                    found[node.name, name] = " ".join(str(text.value.value).split())  # type: ignore[attr-defined]
    return found


def _sentence(part: type[Part]) -> str:
    text = " ".join(str(part.__doc__).split())
    is_spell = issubclass(part, Spell) and part is not Spell
    return f"{text} It has the fields of Spell, too." if is_spell else text


def _type(hint: Any) -> str:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        return _type(next(a for a in get_args(hint) if a is not types.NoneType))
    if origin is Annotated:
        return f"{get_args(hint)[1].value}, may vary"
    if origin is tuple:
        return f"list of {_type(get_args(hint)[0])}"
    if origin is dict:
        return f"name: {_type(get_args(hint)[1])}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return ", ".join(word.value for word in hint)
    plain = {int: "number", float: "number", str: "text", bool: "true, false"}
    if hint in plain:
        return plain[hint]
    name = str(hint.__name__)
    return name if issubclass(hint, Part) else name.lower()


def _default(field: Any) -> str:
    if field.required:
        return "required"
    value = field.default
    if isinstance(value, Distribution):
        low, high = _seconds(value.low), _seconds(value.high)
        return low if low == high else f"{low} to {high}"
    if isinstance(value, Duration):
        return _seconds(value.seconds)
    if isinstance(value, Quantity):
        return str(value.amount)
    if isinstance(value, bool):
        return str(value).lower()
    if value == ("*",):
        return '"*"'
    if value in (None, (), "") or value is msgspec.NODEFAULT or isinstance(value, Part):
        return ""
    return str(value)


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:g}ms" if 0 < seconds < 1 else f"{seconds:g}s"


if __name__ == "__main__":
    PAGE.write_text(with_reference(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
