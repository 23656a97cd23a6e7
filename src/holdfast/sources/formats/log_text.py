"""A log without any sign of whose it is: the last resort for text.

The pod is known when it is the only one that was read, or when the file is named after it
(log_names.py attributes it then).
"""

from holdfast.model.regex import regex
from holdfast.model.snapshot import Gap, GapKind, Log
from holdfast.sources.collector import Collector
from holdfast.sources.encoding import as_text, is_binary
from holdfast.sources.format import LAST_RESORT, Entry, FileFormat
from holdfast.sources.log_lines import read_log
from holdfast.sources.log_names import name_log

# JSON that is no line of a log: a bracket alone, brackets in brackets, or an empty value.
_BARE_JSON = regex(r"\s*(?:[{\[]|\[\s*\[.*|\[\s*\]|\{\s*\}|null)\s*")


def recognise(head: bytes) -> int:
    """Any text but JSON without a message, whose kind would have been known."""
    if is_binary(head):
        return 0
    first_line = as_text(head).lstrip().partition("\n")[0]
    return 0 if _BARE_JSON.fullmatch(first_line) else 1


def read(entry: Entry, into: Collector) -> None:
    """All of its lines, within the bounds of a log."""
    template = name_log(entry.path, into.pods) or Log(lines=(), source=entry.path)
    found = False
    for log in read_log(entry, template):
        found = True
        into.add_log(log)
    if not found and not template.pod:
        cost = "an empty log tells nothing"
        into.add_gap(Gap(GapKind.ABSENT, "log without a line", entry.path, cost))


FORMAT = FileFormat("log", LAST_RESORT, recognise, read)
