"""Lines of a log within fixed bounds, whatever its size.

Rules: the first lines tell how a program started and the last ones how it ended; what lies between
is counted and left out. A line of any length costs a fixed amount of memory. Prefixes that
collectors add (a time, the CRI's stream and flag) are taken off, so that a line reads as the
program wrote it.
"""

import re
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from holdfast.model.regex import regex
from holdfast.model.snapshot import Log
from holdfast.sources.encoding import as_text, is_binary, is_wide
from holdfast.sources.format import Entry

# A start of a program fits into the first number; the second holds the longest goroutine dumps and
# chained Java exceptions that were seen.
HEAD_LINES = 200
TAIL_LINES = 2000
# Signatures stand at the beginning of lines; JSON logs put them into the first kilobytes.
LINE_LENGTH = 4096
_CHUNK_BYTES = 256 * 1024

_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
# k8s.io/cri-client/pkg/logs: time, stream, full or partial, text.
_CRI = regex(rf"^(?P<time>{_TIME}) (?:stdout|stderr) (?P<flag>[FP]) ?(?P<text>.*)$")
_TIMED = regex(rf"^(?P<time>{_TIME}) (?P<text>.*)$")


def read_log(entry: Entry, template: Log) -> Iterator[Log]:
    """The log in a file as one Log, or two when its middle was left out; none when it is empty.

    `template` says whose log it is; its lines are replaced. Raises ValueError for a binary file.
    """
    head = entry.head()
    if is_binary(head):
        raise ValueError("binary data instead of text")
    if is_wide(head):
        return bounded(as_text(entry.content()).split("\n"), template)
    return bounded(_lines_of(entry), template)


def bounded(lines: Iterable[str], template: Log) -> Iterator[Log]:
    """Keep the first and the last lines, without collectors' prefixes."""
    first: list[str] = []
    last: deque[str] = deque(maxlen=TAIL_LINES)
    count = 0
    for line in _unprefixed(lines):
        count += 1
        kept = line[:LINE_LENGTH]
        if len(first) < HEAD_LINES:
            first.append(kept)
        else:
            last.append(kept)
    while not last and first and not first[-1].strip():
        first.pop()
        count -= 1
    left_out = count - len(first) - len(last)
    if not first:
        return
    if not left_out:
        yield msgspec.structs.replace(template, lines=(*first, *last))
        return
    yield msgspec.structs.replace(
        template, lines=tuple(first), truncated=True, following=left_out + len(last)
    )
    yield msgspec.structs.replace(
        template,
        lines=tuple(last),
        truncated=True,
        first_line=template.first_line + count - len(last),
    )


def first_time(lines: Iterable[str]) -> str | None:
    """The time that a collector wrote before the first line that has one, as text."""
    for line in lines:
        match = _TIMED.match(line)
        if match is not None:
            return match["time"]
    return None


def _lines_of(entry: Entry) -> Iterator[str]:
    """Lines of a file, each cut at LINE_LENGTH bytes before it is even assembled."""
    with entry.open() as stream:
        pending = b""
        skipping = False
        if stream.read(len(BOM_UTF8)) != BOM_UTF8:
            stream.seek(0)
        while chunk := stream.read(_CHUNK_BYTES):
            parts = chunk.split(b"\n")
            for part in parts[:-1]:
                if not skipping:
                    yield _decoded(pending + part[:LINE_LENGTH])
                pending, skipping = b"", False
            if not skipping:
                pending += parts[-1][:LINE_LENGTH]
                if len(pending) >= LINE_LENGTH:
                    yield _decoded(pending)
                    pending, skipping = b"", True
        if pending:
            yield _decoded(pending)


def _decoded(line: bytes) -> str:
    text = line[:LINE_LENGTH].decode("utf-8", errors="replace")
    return text.rstrip("\r").replace("\x00", "\ufffd")


def _unprefixed(lines: Iterable[str]) -> Iterator[str]:
    """Take off what the collector put before each line, judged by the first line with text."""
    partial = ""
    pattern: re.Pattern[str] | None = None
    decided = False
    for line in lines:
        if not decided and line.strip():
            decided = True
            pattern = next((p for p in (_CRI, _TIMED) if p.match(line)), None)
        match = pattern.match(line) if pattern is not None else None
        if match is None:
            yield line
        elif pattern is _CRI and match["flag"] == "P":
            partial = (partial + match["text"])[:LINE_LENGTH]
        else:
            yield partial + match["text"]
            partial = ""
    if partial:
        yield partial
