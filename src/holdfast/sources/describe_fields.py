"""The layout of `kubectl describe` text: "Key:   value" lines, indented blocks, long values.

Source: kubernetes/kubectl pkg/describe/describe.go. Rules: the order of fields is not relied on; a
value of several lines (a termination message, an argument) goes on until the next field that can
stand at its place.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from holdfast.model.regex import regex

_FIELD = regex(r"^(?P<indent> *)(?P<key>[^\s:][^:]*):(?:\s+(?P<value>.*))?$")


class Block:
    """A field with its value and the lines below it that are indented deeper."""

    def __init__(self, key: str, value: str, lines: Sequence[str] = ()) -> None:
        """Keep the parts; `lines` carry their own indentation."""
        self.key = key
        self.value = "" if value in ("<none>", "<unset>") else value
        self.lines = tuple(lines)

    def fields(self) -> dict[str, "Block"]:
        """The fields one level down, by key; of repeated ones the first."""
        found: dict[str, Block] = {}
        for block in blocks(self.lines):
            found.setdefault(block.key, block)
        return found

    def words(self) -> Iterator[str]:
        """The value's own line and the lines below it, trimmed, without empty ones."""
        for line in (self.value, *self.lines):
            if line.strip():
                yield line.strip()


def blocks(lines: Sequence[str], known: frozenset[str] | None = None) -> Iterator[Block]:
    """The fields at the smallest indentation of these lines.

    With `known`, only those keys open a field; every other line belongs to the one before it.
    """
    indent = min((_indent(line) for line in lines if line.strip()), default=0)
    key: str | None = None
    value = ""
    below: list[str] = []
    for line in lines:
        match = _FIELD.match(line)
        opens = (
            match is not None
            and len(match["indent"]) == indent
            and (known is None or match["key"] in known)
        )
        if match is not None and opens:
            if key is not None:
                yield Block(key, value, below)
            key, value, below = match["key"], (match["value"] or "").strip(), []
        else:
            below.append(line)
    if key is not None:
        yield Block(key, value, below)


def api_time(text: str) -> str | None:
    """A time as describe prints it (RFC 1123 with a numeric zone) as the API writes it."""
    try:
        moment = datetime.strptime(text.strip(), "%a, %d %b %Y %H:%M:%S %z")
    except ValueError:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whole_number(text: str) -> int | None:
    """A number that describe printed, or None for anything else."""
    try:
        return int(text)
    except ValueError:
        return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
