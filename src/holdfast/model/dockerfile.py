"""A Dockerfile as it was read: stages, instructions and words, each with its place in the text.

Rules: offsets are those of the file, so an edit is a replacement of a span. `text` of an
instruction is what the builder makes of its lines (no continuations, no comments); `offset` leads
back.
"""

from bisect import bisect_right

import msgspec

from holdfast.model.span import Span


class Word(msgspec.Struct, frozen=True):
    """One argument. In JSON form `text` is the decoded string, and the span holds its quotes."""

    text: str
    span: Span


class Flag(msgspec.Struct, frozen=True):
    """An option of the builder: --from=build, --mount=type=cache. Without "=" the value is ""."""

    name: str
    value: str
    span: Span


class Heredoc(msgspec.Struct, frozen=True):
    """A text between <<NAME and NAME. `body` is without the leading tabs that <<- takes away."""

    name: str
    word: Span
    body: str
    body_span: Span
    expands: bool
    """Whether variables in it are expanded: its name was not quoted."""


class Piece(msgspec.Struct, frozen=True):
    """From offset `at` of an instruction's text on, characters stand at `offset` of the file."""

    at: int
    offset: int


class Instruction(msgspec.Struct, frozen=True):
    """One instruction, from its keyword to the end of its last line or heredoc."""

    keyword: str
    """In capitals; ONBUILD and HEALTHCHECK hold what they run in `inner`."""
    span: Span
    last_line: int
    flags: tuple[Flag, ...]
    text: str
    """Everything behind keyword and flags, as one line."""
    text_span: Span
    pieces: tuple[Piece, ...]
    words: tuple[Word, ...] = ()
    """Arguments; none for commands in shell form, whose words are the shell's business."""
    is_json: bool = False
    heredocs: tuple[Heredoc, ...] = ()
    inner: "Instruction | None" = None

    def offset(self, at: int) -> int:
        """Where in the file a character of `text` stands; its length leads behind the last one."""
        index = bisect_right(self.pieces, at, key=lambda piece: piece.at) - 1
        piece = self.pieces[index]
        return piece.offset + at - piece.at

    def flag(self, name: str) -> str | None:
        """The value of the last flag of that name; None where there is none."""
        values = [flag.value for flag in self.flags if flag.name == name]
        return values[-1] if values else None


class Stage(msgspec.Struct, frozen=True):
    """A FROM and what follows it."""

    index: int
    name: str
    """In lower case, as the builder compares it; "" where there is none."""
    opening: Instruction
    base: str | None
    """The image it starts from, variables expanded; None where that is not known."""
    parent: int | None
    """The index of the earlier stage that it starts from."""
    instructions: tuple[Instruction, ...]


class Fault(msgspec.Struct, frozen=True):
    """What the builder refuses: what was found against what it expects, and what to do next."""

    span: Span
    found: str
    next_step: str


class Dockerfile(msgspec.Struct, frozen=True):
    """A whole file. What is broken is a fault, and all that can be read is there."""

    file: str
    text: str
    escape: str
    directives: dict[str, str]
    """Parser directives by their name in lower case: escape, syntax, check."""
    preamble: tuple[Instruction, ...]
    """What stands before the first FROM: ARG."""
    stages: tuple[Stage, ...]
    faults: tuple[Fault, ...]

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """All instructions in their order, FROM included."""
        found = list(self.preamble)
        for stage in self.stages:
            found += (stage.opening, *stage.instructions)
        return tuple(found)

    def lineage(self, stage: Stage) -> tuple[Stage, ...]:
        """The stage and the stages it starts from, the first one first."""
        line = [stage]
        while line[0].parent is not None:
            line.insert(0, self.stages[line[0].parent])
        return tuple(line)

    def stage_named(self, name: str, before: int) -> Stage | None:
        """The stage that FROM or --from means in a stage of index `before`, by name or number."""
        found = None
        for stage in self.stages[:before]:
            if name.lower() == stage.name or name == str(stage.index):
                found = stage
        return found

    def span(self, start: int, end: int) -> Span:
        """The span of two offsets."""
        line_start = self.text.rfind("\n", 0, start) + 1
        mark = line_start == 0 and self.text.startswith("\ufeff")
        column = start - line_start + 1 - mark
        return Span(start, end, self.text.count("\n", 0, start) + 1, column)
