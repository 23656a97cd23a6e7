"""Fills values into a template.

    <<name>>              the value of a name
    <<if name>>           the lines up to <<end>>, where the value is true
    <<unless name>>       the same, where it is not
    <<each name>>         the lines up to <<end>> for each item, whose parts are <<item.part>>

Directives stand on lines of their own. Rules: a name that is not known is an error and never
nothing; files of GitHub, Go and shells keep their own braces and dollars.
"""

from collections.abc import Iterator, Mapping, Sequence

from holdfast.model.regex import regex

Item = Mapping[str, str]
Value = str | bool | Sequence[Item]

_DIRECTIVE = regex(r"\s*<<(?P<word>if|unless|each) (?P<name>[a-z_]+)>>|\s*<<(?P<end>end)>>")
_NAME = regex(r"<<([a-z_.]+)>>")


class TemplateError(ValueError):
    """A template that cannot be filled in: a defect of holdfast."""


def fill_in(text: str, values: Mapping[str, Value]) -> str:
    """The text with everything filled in. Raises TemplateError."""
    lines = text.splitlines(keepends=True)
    return "".join(_block(lines, values))


def _block(lines: Sequence[str], values: Mapping[str, Value]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        directive = _DIRECTIVE.fullmatch(lines[at].rstrip("\n"))
        if directive is None:
            yield _NAME.sub(lambda match: _text(match[1], values), lines[at])
            at += 1
            continue
        if directive["end"]:
            raise TemplateError("<<end>> without a beginning")
        end = _end_of(lines, at)
        yield from _chosen(directive["word"], directive["name"], lines[at + 1 : end], values)
        at = end + 1


def _chosen(
    word: str, name: str, inner: Sequence[str], values: Mapping[str, Value]
) -> Iterator[str]:
    value = _value(name, values)
    if word == "each":
        if isinstance(value, str | bool):
            raise TemplateError(f"<<each {name}>>: no list")
        for item in value:
            parts = {f"item.{part}": text for part, text in item.items()}
            yield from _block(inner, {**values, **parts})
    elif bool(value) is (word == "if"):
        yield from _block(inner, values)


def _end_of(lines: Sequence[str], begin: int) -> int:
    depth = 0
    for at in range(begin, len(lines)):
        directive = _DIRECTIVE.fullmatch(lines[at].rstrip("\n"))
        if directive is not None:
            depth += -1 if directive["end"] else 1
            if not depth:
                return at
    raise TemplateError(f"no <<end>> for {lines[begin].strip()}")


def _value(name: str, values: Mapping[str, Value]) -> Value:
    if name not in values:
        raise TemplateError(f"nothing is called {name}")
    return values[name]


def _text(name: str, values: Mapping[str, Value]) -> str:
    value = _value(name, values)
    if not isinstance(value, str):
        raise TemplateError(f"<<{name}>>: no text")
    return value
