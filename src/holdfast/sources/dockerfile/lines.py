"""Lines of a Dockerfile joined to instructions, as BuildKit joins them.

Rules: those of github.com/moby/buildkit frontend/dockerfile/parser/parser.go (v0.21), Parse and
processLine. Within a continuation, comments and empty lines are left out. Line ends may be CRLF.
"""

import re
from collections.abc import Iterator

import msgspec

from holdfast.model.dockerfile import Piece
from holdfast.model.regex import regex

_DIRECTIVE = regex(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")
_DIRECTIVES = frozenset({"escape", "syntax", "check"})
_CONTINUED = {
    "\\": regex(r"(?:(?<=[^\\])|^)\\[ \t]*$"),
    "`": regex(r"(?:(?<=[^`])|^)`[ \t]*$"),
}
# Go's unicode.IsSpace, which trims the left side of lines.
_SPACE = " \t\v\f\r\x85\xa0"


class Logical(msgspec.Struct, frozen=True):
    """One instruction as one line, from the file's `line` to `last_line`, both 1-based."""

    text: str
    pieces: tuple[Piece, ...]
    line: int
    last_line: int


class Line(msgspec.Struct, frozen=True):
    """A line of the file without its end."""

    text: str
    start: int
    raw: str
    """With its end, as a heredoc keeps it."""


class Lines:
    """Reads a text line by line; whoever finds a heredoc in a line takes its body from here."""

    def __init__(self, text: str) -> None:
        """Split the text; a byte order mark is passed over."""
        self._lines = list(_split(text))
        self._next = 0
        self.directives: dict[str, str] = {}
        self.twice: list[tuple[str, int]] = []
        """Directives that stand there twice, and the number of the line."""
        self._read_directives()

    @property
    def escape(self) -> str:
        """The character that continues lines; the backslash where the directive names no other."""
        return "`" if self.directives.get("escape") == "`" else "\\"

    def logical(self) -> Iterator[Logical]:
        """The instructions that are left, one after the other."""
        continued = _CONTINUED[self.escape]
        while self._next < len(self._lines):
            line = self._take()
            number = self._next
            stripped = line.text.lstrip(_SPACE)
            if not stripped or stripped[0] == "#":
                continue
            parts, pieces = [], []
            start = line.start + len(line.text) - len(stripped)
            length, last = 0, number
            text, goes_on = _cut(stripped, continued)
            while True:
                if text:
                    pieces.append(Piece(length, start))
                    parts.append(text)
                    length += len(text)
                    last = self._next
                if not goes_on or self._next >= len(self._lines):
                    break
                text, start, goes_on = self._continuation(continued)
            joined = "".join(parts)
            if joined.strip(_SPACE):
                yield Logical(joined, tuple(pieces), number, last)

    def _continuation(self, continued: re.Pattern[str]) -> tuple[str, int, bool]:
        """The next line of an instruction; a comment or an empty one goes on with nothing."""
        line = self._take()
        bare = line.text.lstrip(_SPACE)
        if not bare or bare[0] == "#":
            return "", line.start, True
        text, goes_on = _cut(line.text, continued)
        return text, line.start, goes_on

    def heredoc(self, name: str, *, chomps: bool) -> tuple[str, int, int, bool]:
        """The body of a heredoc, its two offsets, and whether its end was found."""
        start = self._lines[self._next].start if self._next < len(self._lines) else -1
        body: list[str] = []
        end = start
        while self._next < len(self._lines):
            line = self._take()
            text = line.text.lstrip("\t") if chomps else line.text
            if text == name:
                return "".join(body), start, line.start, True
            body.append(line.raw.lstrip("\t") if chomps else line.raw)
            end = line.start + len(line.raw)
        return "".join(body), start, end, False

    @property
    def position(self) -> tuple[int, int]:
        """The number of the last line that was taken, and the offset of its end."""
        line = self._lines[self._next - 1]
        return self._next, line.start + len(line.text)

    def line_start(self, number: int) -> int:
        """The offset at which a line begins, by its number."""
        return self._lines[number - 1].start if self._lines else 0

    def _take(self) -> Line:
        self._next += 1
        return self._lines[self._next - 1]

    def _read_directives(self) -> None:
        """Comments at the very top that set something, up to the first line that does not."""
        for number, line in enumerate(self._lines, 1):
            match = _DIRECTIVE.fullmatch(line.text.strip(_SPACE))
            if match is None or match[1].lower() not in _DIRECTIVES:
                return
            name = match[1].lower()
            if name in self.directives:
                self.twice.append((name, number))
            self.directives.setdefault(name, match[2])


def _split(text: str) -> Iterator[Line]:
    start = 1 if text.startswith("\ufeff") else 0
    rows = text[start:].split("\n")
    if not rows[-1]:
        rows.pop()
    for raw in rows:
        yield Line(raw.removesuffix("\r"), start, raw + "\n")
        start += len(raw) + 1


def _cut(text: str, continued: re.Pattern[str]) -> tuple[str, bool]:
    """A line without its continuation character, and whether it had one."""
    match = continued.search(text)
    return (text[: match.start()], True) if match is not None else (text, False)
