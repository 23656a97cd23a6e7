"""Text from logs cannot steer a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.model.printable import one_line, printable

CASES = {
    "colour": ("\x1b[1;31mred\x1b[0m", "red"),
    "eight-bit colour": ("\x9b31mred", "red"),
    "title": ("\x1b]0;gotcha\x07text", "text"),
    "title ended by ST": ("\x1b]0;gotcha\x1b\\text", "text"),
    "title without end": ("\x1b]0;gotcha\nnext", "\nnext"),
    "device control": ("\x1bP1$q\x1b\\x", "x"),
    "hyperlink": ("\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\", "here"),
    "reset": ("\x1bcx", "x"),
    "bell and backspace": ("a\x07\x08b", "a\ufffd\ufffdb"),
    "carriage return": ("safe\rEVIL", "safe\ufffdEVIL"),
    "line ends of Windows": ("a\r\nb", "a\nb"),
    "reading direction": ("\u202egnp.exe", "\ufffdgnp.exe"),
    "byte order mark": ("\ufeffa", "\ufffda"),
    "surrogate": ("a\ud800b", "a\ufffdb"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_control_is_taken_out(text: str, expected: str) -> None:
    """Sequences vanish whole; single characters leave a mark, so that nothing vanishes unseen."""
    assert printable(text) == expected


@pytest.mark.parametrize("text", ["plain", "a\tb\nc", "Größe 5 µs → 日本語 🙂", ""])
def test_ordinary_text_stays(text: str) -> None:
    """Other languages, tabs and line feeds are no threat."""
    assert printable(text) == text


@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_nothing_unprintable_is_left(text: str) -> None:
    """Whatever comes, no control character gets through, and a second pass changes nothing."""
    cleaned = printable(text)

    assert not any(ord(char) < 32 and char not in "\n\t" for char in cleaned)
    assert not any(0x7F <= ord(char) < 0xA0 for char in cleaned)
    assert printable(cleaned) == cleaned


def test_one_line_is_one_line() -> None:
    """A table cell stays in its row."""
    assert one_line(" a\n\n  b\tc ") == "a b c"
