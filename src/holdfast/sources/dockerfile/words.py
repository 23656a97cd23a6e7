"""Words of an instruction's text: JSON arrays, options, heredocs, and what white space separates.

Rules: those of github.com/moby/buildkit frontend/dockerfile/parser, line_parsers.go,
split_command.go and parser.go (v0.21). Offsets are those of the text.
"""

import json
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # public, and not in the stubs
from typing import Any

import msgspec

from holdfast.model.regex import regex

_SPACE = "\t\v\f\r "
_WORD = regex(r"[^\t\v\f\r ]+")
_HEREDOC = regex(r"\d*<<(-?)([^<]+)")
_BETWEEN = regex(r"[\s,\[]*")


class Token(msgspec.Struct, frozen=True):
    """A word and where it stands in the text of its instruction."""

    text: str
    start: int
    end: int


class HeredocWord(msgspec.Struct, frozen=True):
    """<<NAME, <<-NAME or <<"NAME" among the words of an instruction."""

    name: str
    chomps: bool
    expands: bool
    start: int
    end: int


class NotOnlyStringsError(ValueError):
    """A JSON array with something else than strings: the builder refuses it."""


def plain_words(text: str) -> Iterator[Token]:
    """What white space separates; quotes mean nothing."""
    for match in _WORD.finditer(text):
        yield Token(match.group(), match.start(), match.end())


def quoted_words(text: str, escape: str) -> Iterator[Token]:
    """What white space outside of quotes separates; quotes and escapes stay in the words."""
    at = 0
    while at < len(text):
        if text[at] in _SPACE:
            at += 1
            continue
        end, _ = _outside_quotes(text, escape, at, _SPACE)
        yield Token(text[at:end], at, end)
        at = end


def json_words(text: str) -> tuple[Token, ...] | None:
    """The strings of a JSON array at the start of a text; None where it is none.

    As with BuildKit, what stands behind the array is left out. Raises NotOnlyStringsError.
    """
    start = len(text) - len(text.lstrip())
    if not text.startswith("[", start):
        return None
    try:
        value, end = json.JSONDecoder(parse_constant=_refuse).raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in value):
        raise NotOnlyStringsError(text[start:end])
    return tuple(_strings(text, start, value))


def flags_of(text: str) -> tuple[list[Token], int]:
    """The options before the arguments, quotes taken away, and where the arguments begin."""
    flags: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in _SPACE:
            at += 1
        elif text.startswith("--", at):
            end, _ = _outside_quotes(text, "\\", at, _SPACE)
            if text[at:end] == "--":
                return flags, end
            flags.append(Token(_without_quotes(text[at:end]), at, end))
            at = end
        else:
            break
    return flags, at


def heredoc_words(text: str, escape: str) -> Iterator[HeredocWord]:
    """The heredocs that a line opens, in their order."""
    if "<<" not in text or not _outside_quotes(text, escape, 0, "")[1]:
        return
    for token in quoted_words(text, escape):
        match = _HEREDOC.fullmatch(token.text)
        if match is None:
            continue
        name = _without_quotes(match[2])
        if name:
            expands = name == match[2]
            yield HeredocWord(name, bool(match[1]), expands, token.start, token.end)


def _outside_quotes(text: str, escape: str, at: int, stops: str) -> tuple[int, bool]:
    """Where the first of `stops` stands outside of quotes, or the end; whether each quote has one.

    Where one has not, the builder sees no heredoc at all.
    """
    quote = ""
    while at < len(text):
        character = text[at]
        if character == escape and quote != "'":
            at += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in stops:
            break
        at += 1
    return min(at, len(text)), not quote


def _without_quotes(text: str) -> str:
    found, quote, at = [], "", 0
    while at < len(text):
        character = text[at]
        if character == "\\" and quote != "'" and at + 1 < len(text):
            at += 1
            found.append(text[at])
        elif character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        else:
            found.append(character)
        at += 1
    return "".join(found)


def _strings(text: str, start: int, values: list[Any]) -> Iterator[Token]:
    at = start
    for _ in values:
        between = _BETWEEN.match(text, at)
        begin = between.end() if between is not None else at
        value, at = scanstring(text, begin + 1, True)  # noqa: FBT003 - it takes no names
        yield Token(value, begin, at)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
