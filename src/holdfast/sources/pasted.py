"""Takes text out of what it was pasted into: mails that quote it, and Markdown that fences it.

Rules: people copy a description from a mail, a ticket or a chat. A text is unwrapped only where one
of its parts then is a format that says more than a log does; else it stays as it is, because a
program may print quotes and fences as well.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from holdfast.model.regex import regex
from holdfast.sources.encoding import as_text, is_binary
from holdfast.sources.format import Entry

# A ticket with some logs many times over; dumps of clusters are files, and nobody quotes them.
_LARGEST_PASTE_BYTES = 32 * 1024 * 1024
_QUOTE = regex(r"^[ \t]*((?:[>|] ?)+)")
_FENCE = regex(r"^[ \t]*(```+|~~~+)[^`]*$")
# Below this a table with a border or a log of HTTP headers looks like a quote.
_QUOTED_SHARE = 0.5


def unwrap(entry: Entry, head: bytes, scratch: Path) -> Iterator[Entry]:
    """The parts of a pasted text, as files in `scratch`; none where nothing is quoted or fenced."""
    if is_binary(head) or entry.size > _LARGEST_PASTE_BYTES:
        return
    lines = as_text(head).splitlines()
    if _is_quoted(lines):
        take = _unquoted
    elif _is_fenced(lines):
        take = _fenced
    else:
        return
    parts = [part for part in take(as_text(entry.content()).splitlines()) if part]
    for number, part in enumerate(parts, 1):
        path = scratch / f"pasted-{len(list(scratch.iterdir()))}"
        path.write_text("\n".join(part) + "\n", encoding="utf-8")
        name = f"{entry.path}, part {number}" if len(parts) > 1 else entry.path
        yield Entry(name, path.stat().st_size, _opener(path))


def _is_fenced(lines: list[str]) -> bool:
    return any(_FENCE.match(line) for line in lines)


def _is_quoted(lines: list[str]) -> bool:
    written = [line for line in lines if line.strip()]
    quoted = sum(_QUOTE.match(line) is not None for line in written)
    return quoted > _QUOTED_SHARE * len(written)


def _fenced(lines: list[str]) -> list[list[str]]:
    """What stands between fences; the last one may be left open."""
    parts: list[list[str]] = []
    closing = ""
    for line in lines:
        fence = _FENCE.match(line)
        if closing and fence and fence[1].startswith(closing):
            closing = ""
        elif closing:
            parts[-1].append(line)
        elif fence:
            closing = fence[1]
            parts.append([])
    return parts


def _unquoted(lines: list[str]) -> list[list[str]]:
    """The quoted lines, however deep."""
    marks = [_QUOTE.match(line) for line in lines]
    return [[line[mark.end() :] for line, mark in zip(lines, marks, strict=True) if mark]]


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")
