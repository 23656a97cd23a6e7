"""Tables as kubectl prints them: a header, and columns at least two spaces apart.

Rules: columns are found by their place below the header, because cells may be empty or contain
single spaces; a table whose spaces were squeezed by pasting is split at white space instead.
"""

from collections.abc import Iterator, Sequence

from holdfast.model.regex import regex

_COLUMN = regex(r"\S+(?: \S+)*")
_CELLS = regex(r"\s{2,}|\t+")


def header_columns(line: str) -> tuple[str, ...]:
    """The names of the columns of a header line."""
    return tuple(_COLUMN.findall(line.strip()))


def rows(lines: Sequence[str], header: str) -> Iterator[dict[str, str]]:
    """The rows below a header, up to the first line that is none of this table."""
    names = header_columns(header)
    starts = [match.start() for match in _COLUMN.finditer(header)]
    for line in lines:
        if not line.strip():
            return
        cells = _cells(line, starts)
        if cells is None:
            cells = _CELLS.split(line.strip(), maxsplit=len(names) - 1)
        if len(cells) == len(names):
            yield dict(zip(names, cells, strict=True))


def _cells(line: str, starts: Sequence[int]) -> list[str] | None:
    """The cells by place; None when a word stands across the border of two columns."""
    cells = []
    for start, end in zip(starts, [*starts[1:], len(line)], strict=True):
        if start and start < len(line) and line[start - 1] not in " \t":
            return None
        cells.append(line[start:end].strip())
    return cells
