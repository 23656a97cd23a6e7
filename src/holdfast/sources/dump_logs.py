"""The logs inside `kubectl cluster-info dump`, between marker lines.

Source: kubernetes/kubectl pkg/cmd/clusterinfo/clusterinfo_dump.go. The dump holds the log of the
current life only; nothing in it was written by a previous one unless that life has just ended.
"""

import re
from collections.abc import Iterator

from holdfast.model.regex import regex
from holdfast.model.snapshot import Log, LogLife
from holdfast.sources.log_lines import bounded

_START = regex(
    r"^==== START logs for container (?P<container>\S+) of pod (?P<namespace>[^/\s]+)/(?P<pod>\S+)"
    r" ====$"
)
_END = "==== END logs for container "


def is_marker(line: str) -> bool:
    """Whether a line opens a log."""
    return _START.match(line) is not None


def dump_logs(text: str, source: str, first_line: int = 1) -> Iterator[Log]:
    """Every log in the text that has lines."""
    opened: re.Match[str] | None = None
    begun = first_line
    lines: list[str] = []
    for number, line in enumerate(text.split("\n"), first_line):
        start = _START.match(line)
        if start is not None or line.startswith(_END):
            if opened is not None and lines:
                yield from _log(opened, lines, source, begun)
            opened, lines, begun = start, [], number + 1
        elif opened is not None:
            lines.append(line)
    if opened is not None and any(lines):
        yield from _log(opened, lines, source, begun)


def _log(opened: re.Match[str], lines: list[str], source: str, first_line: int) -> Iterator[Log]:
    yield from bounded(
        lines,
        Log(
            lines=(),
            source=source,
            life=LogLife.CURRENT,
            namespace=opened["namespace"],
            pod=opened["pod"],
            container=opened["container"],
            first_line=first_line,
        ),
    )
