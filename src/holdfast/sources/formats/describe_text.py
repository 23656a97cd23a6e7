"""`kubectl describe pod` text, of one pod or many, as people paste it.

Rules: the time of the printing follows from events and the starts and ends they tell of, because
the text has ages only (printed_at.py). What comes after the events and belongs to no pod is taken
as a log that was pasted along.
"""

import itertools
import re
from collections.abc import Sequence

import msgspec

from holdfast.model.pod import Pod
from holdfast.model.regex import regex
from holdfast.model.snapshot import Gap, GapKind, Log
from holdfast.sources.collector import Collector, Richness
from holdfast.sources.describe_fields import Block
from holdfast.sources.describe_pod import described_pod, top_blocks
from holdfast.sources.encoding import as_text, is_binary
from holdfast.sources.event_table import described_rows, is_row, row_event
from holdfast.sources.format import Entry, FileFormat
from holdfast.sources.log_lines import bounded
from holdfast.sources.printed_at import estimate_printing

_NAME = regex(r"^(?P<indent>[ \t]*)Name:[ \t]+\S+[ \t]*$")
_SIGNS = ("\nContainers:", "\nNamespace:", "\nNode:", "\nStatus:", "\nStart Time:", "\nEvents:")
_ENOUGH_SIGNS = 3
_EVENTS_HEADER = regex(r"^\s*(Type\s+Reason\s+Age|----\s+------)")
_NOT_A_POD = "only pods are read from describe text: use -o yaml for other objects"


def recognise(head: bytes) -> int:
    """A "Name:" line at the start of a line, and the sections of a pod."""
    if is_binary(head):
        return 0
    text = "\n" + _dedented(as_text(head))
    if not re.search(r"\nName:[ \t]+\S", text):
        return 0
    return 85 if sum(sign in text for sign in _SIGNS) >= _ENOUGH_SIGNS else 0


def read(entry: Entry, into: Collector) -> None:
    """Every pod in the text."""
    lines = _dedented(as_text(entry.content())).split("\n")
    starts = [number for number, line in enumerate(lines) if _NAME.match(line)]
    starts = [number for number in starts if not lines[number].startswith((" ", "\t"))]
    for start, end in itertools.pairwise([*starts, len(lines)]):
        _read_one(lines[start:end], entry.path, start + 1, into)


def _read_one(lines: Sequence[str], source: str, first_line: int, into: Collector) -> None:
    described, rest, rest_line = _without_rest(lines)
    top = top_blocks(described)
    place = f"{source}:{first_line}"
    try:
        pod = described_pod(top) if "Containers" in top or "Status" in top else None
    except msgspec.ValidationError as error:
        into.add_gap(Gap(GapKind.BROKEN, str(error), place, "this pod is left out"))
        return
    if pod is None or not pod.metadata.name or not pod.spec.containers:
        into.add_gap(Gap(GapKind.UNKNOWN_KIND, "describe text of no pod", place, _NOT_A_POD))
        return
    into.add_pod(pod, source)
    _read_events(pod, top.get("Events"), source, into)
    template = Log((), source, pod=pod.key.name, namespace=pod.key.namespace)
    template = msgspec.structs.replace(template, first_line=first_line + rest_line)
    for log in bounded(rest, template):
        into.add_log(log)


def _read_events(pod: Pod, block: Block | None, source: str, into: Collector) -> None:
    if block is None:
        what = f"events of pod {pod.key.name}: the text ends before them"
        cost = "kills by probes can only be inferred from times"
        into.add_gap(Gap(GapKind.TRUNCATED, what, source, cost, pod.key))
        return
    into.events_read = True
    rows = tuple(described_rows(block.lines))
    estimate = estimate_printing(pod, rows)
    into.note_time(estimate.earliest)
    involved = {"kind": "Pod", "namespace": pod.key.namespace, "name": pod.key.name}
    for row in rows:
        into.add_event(row_event(row, involved, estimate.moment), source, Richness.DESCRIBED)


def _without_rest(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[str], int]:
    """The describe text proper, what was pasted below it, and at which line that begins."""
    at = next((n for n, line in enumerate(lines) if line.startswith("Events:")), None)
    if at is None:
        return lines, (), len(lines)
    end = at + 1
    while end < len(lines):
        line = lines[end]
        belongs = (
            is_row(line) or _EVENTS_HEADER.match(line) or (line.startswith(" ") and line.strip())
        )
        if not belongs:
            break
        end += 1
    return lines[:end], lines[end:], end


def _dedented(text: str) -> str:
    """The text without the indentation that pasting added to all of its lines."""
    first = next((m for line in text.split("\n") if (m := _NAME.match(line))), None)
    indent = first["indent"] if first else ""
    if not indent:
        return text
    return "\n".join(line.removeprefix(indent) for line in text.split("\n"))


FORMAT = FileFormat("kubectl describe", 2, recognise, read)
