"""What can still be read of JSON that is not one well-formed value.

Three inputs look alike at first: several values one after the other (`kubectl get` in a loop, JSON
lines), values with text in between (the single stream of `kubectl cluster-info dump`), and one
value that was cut off. Rules: every complete object counts; what is left is told, not guessed.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from holdfast.model.regex import regex

_ITEMS = regex(r'"items"\s*:\s*\[')
_KIND = regex(r'"kind"\s*:\s*"(\w+)"')
_BETWEEN_ITEMS = regex(r"[\s,]*")


class Piece(NamedTuple):
    """A part of the input: a decoded value, or a text in which no value begins.

    `line` is 1-based. `cut` marks items that were saved from a list without an end.
    """

    line: int
    value: Any = None
    text: str = ""
    cut: bool = False


def pieces(text: str) -> Iterator[Piece]:
    """All complete values in order, with the texts between them."""
    decoder = json.JSONDecoder()
    position = 0
    line = 1
    while True:
        start = _next_value(text, position)
        between = text[position:start]
        if between.strip():
            yield Piece(line, text=between)
        if start == len(text):
            return
        line += between.count("\n")
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            yield from _saved_items(text, start, line, decoder)
            return
        yield Piece(line, value=value)
        line += text.count("\n", start, end)
        position = end


def _next_value(text: str, position: int) -> int:
    """Where a line begins with "{" or "[" (after spaces), else the end of the text."""
    while position < len(text):
        rest = text[position : position + 1]
        if rest in "{[":
            return position
        if rest.isspace():
            position += 1
            continue
        newline = text.find("\n", position)
        if newline < 0:
            return len(text)
        position = newline + 1
    return len(text)


def _saved_items(text: str, start: int, line: int, decoder: json.JSONDecoder) -> Iterator[Piece]:
    """The complete items of a list that has no end, as a list of what is left of its kind."""
    opening = _ITEMS.search(text, start)
    if opening is None:
        yield Piece(line, text=text[start : start + 200], cut=True)
        return
    # kubectl writes a list's own kind after its items, the API server before them.
    named = _KIND.search(text, start, opening.start())
    items = []
    position = opening.end()
    while True:
        between = _BETWEEN_ITEMS.match(text, position)
        position = between.end() if between else position
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        items.append(value)
    yield Piece(line, value={"kind": named[1] if named else "List", "items": items}, cut=True)
