"""Instructions of a Dockerfile: keyword, options, arguments in their form, heredocs.

Rules: arguments are read by keyword as BuildKit does it (frontend/dockerfile/parser/parser.go
v0.21, dispatch). What it refuses becomes a fault, and the next instruction is read.
"""

from bisect import bisect_right
from collections.abc import Iterable

from holdfast.model.dockerfile import Fault, Flag, Heredoc, Instruction, Piece, Word
from holdfast.model.regex import regex
from holdfast.model.span import Span
from holdfast.sources.dockerfile.lines import Lines, Logical
from holdfast.sources.dockerfile.words import (
    NotOnlyStringsError,
    Token,
    flags_of,
    heredoc_words,
    json_words,
    plain_words,
    quoted_words,
)

_KEYWORD = regex(r"[^\t\v\f\r ]+")
_SPACE = "\t\v\f\r \x85\xa0"
# Commands, whose shell form is the shell's business; others whose JSON form is a list of paths.
_COMMANDS = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL"})
_LISTS = frozenset({"COPY", "ADD", "VOLUME"})
_SEPARATED = frozenset({"FROM", "EXPOSE"}) | _LISTS
_QUOTED = frozenset({"ENV", "ARG", "LABEL"})
_WHOLE = frozenset({"WORKDIR", "USER", "STOPSIGNAL", "MAINTAINER"})
_HOLDING = frozenset({"ONBUILD", "HEALTHCHECK"})
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})
KEYWORDS = _COMMANDS | _SEPARATED | _QUOTED | _WHOLE | _HOLDING


class Reader:
    """Reads the instructions of one text."""

    def __init__(self, text: str) -> None:
        """Split it into lines, and read its directives."""
        self.lines = Lines(text)
        self.faults: list[Fault] = []
        self._text = text
        self._shift = 1 if text.startswith("\ufeff") else 0

    def instructions(self) -> Iterable[Instruction]:
        """All instructions in their order; faults are found on the way."""
        for logical in self.lines.logical():
            yield self._instruction(logical, logical.text, 0)

    def span(self, start: int, end: int, near: int = 1) -> Span:
        """The span of two offsets; `near` is the number of a line at or before it."""
        line = near + self._text.count("\n", self.lines.line_start(near), start)
        column = start - self.lines.line_start(line) + 1
        return Span(start, end, line, column)

    def _instruction(
        self, logical: Logical, text: str, shift: int, holder: str = ""
    ) -> Instruction:
        """One instruction; `text` is what is left of the line from its offset `shift` on.

        `holder` is the keyword of the one that it stands in.
        """
        shift += len(text) - len(text.lstrip(_SPACE))
        text = text.strip(_SPACE)
        match = _KEYWORD.match(text)
        keyword = (match.group() if match is not None else "").upper()
        # The options of HEALTHCHECK stand before its CMD, which has none.
        tokens, behind = flags_of("" if holder == "HEALTHCHECK" else text[len(keyword) :])
        behind += len(keyword)
        behind += len(text[behind:]) - len(text[behind:].lstrip(_SPACE))
        place = _Places(self, logical, shift)
        flags = tuple(_flag(token, place, len(keyword)) for token in tokens)
        arguments = text[behind:].rstrip(_SPACE)
        inside = _Places(self, logical, shift + behind)
        inner: Instruction | None = None
        words: tuple[Word, ...] = ()
        is_json = False
        if _holds(keyword, arguments, holder):
            inner = self._instruction(logical, arguments, shift + behind, keyword)
        else:
            words, is_json = self._arguments(keyword, arguments, inside)
        heredocs: tuple[Heredoc, ...] = inner.heredocs if inner is not None else ()
        if keyword in _WITH_HEREDOCS and not is_json:
            heredocs = tuple(self._heredocs(arguments, inside))
        start, end = place.offset(0), place.offset(len(text) - 1) + 1
        number = logical.last_line
        if heredocs:
            number, end = self.lines.position
        return Instruction(
            keyword=keyword,
            span=self.span(start, end, logical.line),
            last_line=number,
            flags=flags,
            text=arguments,
            text_span=inside.span(0, len(arguments)),
            pieces=inside.pieces(),
            words=words,
            is_json=is_json,
            heredocs=heredocs,
            inner=inner,
        )

    def _arguments(
        self, keyword: str, text: str, place: "_Places"
    ) -> tuple[tuple[Word, ...], bool]:
        """The words of an instruction, and whether they are JSON."""
        if keyword in _COMMANDS or keyword in _LISTS:
            try:
                found = json_words(text)
            except NotOnlyStringsError as error:
                self._fault(place, text, f"{error}, where every item has to be a string")
                found = None
            if found is not None:
                return place.words(found), True
        if keyword in _COMMANDS:
            return (), False
        if keyword in _QUOTED:
            return place.words(quoted_words(text, self.lines.escape)), False
        if keyword in _WHOLE or keyword not in KEYWORDS:
            whole = [Token(text, 0, len(text))] if text else []
            return place.words(whole), False
        return place.words(plain_words(text)), False

    def _heredocs(self, text: str, place: "_Places") -> Iterable[Heredoc]:
        for word in heredoc_words(text, self.lines.escape):
            body, start, end, ended = self.lines.heredoc(word.name, chomps=word.chomps)
            where = place.span(word.start, word.end)
            if not ended:
                found = (
                    f"no line {word.name}, where one has to end the text that <<{word.name} begins"
                )
                self.faults.append(Fault(where, found, f"put {word.name} on a line of its own"))
            if start < 0:
                start = end = where.end
            yield Heredoc(word.name, where, body, self.span(start, end, where.line), word.expands)

    def _fault(self, place: "_Places", text: str, found: str) -> None:
        self.faults.append(Fault(place.span(0, len(text)), found, "correct the array"))


class _Places:
    """From offsets in a part of a logical line to spans of the file."""

    def __init__(self, reader: Reader, logical: Logical, shift: int) -> None:
        self._reader, self._logical, self._shift = reader, logical, shift

    def offset(self, at: int) -> int:
        """Where a character stands in the file."""
        pieces, at = self._logical.pieces, at + self._shift
        piece = pieces[bisect_right(pieces, at, key=lambda one: one.at) - 1]
        return piece.offset + at - piece.at

    def span(self, start: int, end: int) -> Span:
        """The span of two offsets; the end is that of the last character."""
        first = self.offset(start)
        last = self.offset(end - 1) + 1 if end > start else first
        return self._reader.span(first, last, self._logical.line)

    def words(self, tokens: Iterable[Token]) -> tuple[Word, ...]:
        """Tokens with their spans."""
        return tuple(Word(t.text, self.span(t.start, t.end)) for t in tokens)

    def pieces(self) -> tuple[Piece, ...]:
        """The pieces of the line as seen from the part."""
        found = (Piece(0, self.offset(0)),)
        shift = self._shift
        behind = (piece for piece in self._logical.pieces if piece.at > shift)
        return (*found, *(Piece(piece.at - shift, piece.offset) for piece in behind))


def _holds(keyword: str, arguments: str, holder: str) -> bool:
    """Whether another instruction follows; the builder takes no ONBUILD within an ONBUILD."""
    if keyword == "ONBUILD":
        return not holder
    return keyword == "HEALTHCHECK" and arguments[:3].upper() == "CMD"


def _flag(token: Token, place: _Places, shift: int) -> Flag:
    name, _, value = token.text.removeprefix("--").partition("=")
    return Flag(name.lower(), value, place.span(token.start + shift, token.end + shift))
