"""Colour of terminals, for meaning only: bad, in between, good, beside the point.

Source: ECMA-48 select graphic rendition, the eight colours that every theme defines. With colour
off, text passes through unchanged, so that plain output stays byte for byte the same.
"""

from enum import Enum

from holdfast.model.finding import QUIET, TROUBLED, State


class Ink(Enum):
    """A style; the value is the parameter of its escape sequence."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    BAD = "1;31"
    UNEASY = "33"
    GOOD = "32"
    REMOVED = "31"
    PLACE = "36"


def paint(text: str, ink: Ink, *, color: bool) -> str:
    """The text in that style, or as it is."""
    return f"\x1b[{ink.value}m{text}\x1b[0m" if color and ink.value and text else text


def ink_of(state: State) -> Ink:
    """How alarming a state is."""
    if state in TROUBLED:
        return Ink.BAD
    return Ink.GOOD if state in QUIET else Ink.UNEASY
