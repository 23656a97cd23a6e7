"""`kubectl get -o json`, `kubectl get --raw`, JSON lines, and `kubectl cluster-info dump` streams.

Rules: one well-formed value takes the fast way, which never builds an object that is not used;
anything else is taken apart (broken_json.py), and what was cut off is told.
"""

import msgspec

from holdfast.model.snapshot import Gap, GapKind
from holdfast.sources.broken_json import Piece, pieces
from holdfast.sources.collector import Collector
from holdfast.sources.dump_logs import dump_logs
from holdfast.sources.encoding import as_utf8
from holdfast.sources.format import LARGEST_BYTES, Entry, FileFormat
from holdfast.sources.objects import take_json, take_value

# One of these stands near the start of every API object and of no log in JSON lines.
_SIGNS = (b'"apiVersion"', b'"kind"', b'"involvedObject"', b'"metadata"', b'"items"')


def recognise(head: bytes) -> int:
    """JSON with the fields of API objects."""
    text = as_utf8(head).lstrip()
    if not text.startswith((b"{", b"[")):
        return 0
    if b"==== START logs for container " in text:
        return 90
    return 80 if any(sign in text for sign in _SIGNS) else 0


def read(entry: Entry, into: Collector) -> None:
    """Every object in it, whatever came between and wherever it was cut off."""
    if entry.size > LARGEST_BYTES:
        _too_large(entry, into)
        return
    data = as_utf8(entry.content())
    try:
        known = take_json(data, entry.path, into)
    except (msgspec.DecodeError, RecursionError):
        _read_pieces(data.decode("utf-8", errors="replace"), entry.path, into)
        return
    if not known:
        _unknown(entry.path, "JSON without kind", into)


def _read_pieces(text: str, source: str, into: Collector) -> None:
    for piece in pieces(text):
        if piece.cut:
            _cut(piece, source, into)
        if piece.value is not None:
            take_value(piece.value, source, into)
        elif not piece.cut:
            logs = tuple(dump_logs(piece.text, source, piece.line))
            for log in logs:
                into.add_log(log)
            if not logs and "==== END logs" not in piece.text:
                _unknown(f"{source}:{piece.line}", "text between JSON values", into)


def _cut(piece: Piece, source: str, into: Collector) -> None:
    saved = len(piece.value["items"]) if piece.value is not None else 0
    into.add_gap(
        Gap(
            GapKind.TRUNCATED,
            f"JSON that is broken or ends too early; {saved} complete items before that were read",
            f"{source}:{piece.line}",
            "objects after that place are missing from the diagnosis",
        )
    )


def _unknown(where: str, what: str, into: Collector) -> None:
    into.add_gap(
        Gap(GapKind.UNKNOWN_KIND, what, where, "nothing of it is used: it holds no API object")
    )


def _too_large(entry: Entry, into: Collector) -> None:
    into.add_gap(
        Gap(
            GapKind.REFUSED,
            f"a file of {entry.size} bytes; at most {LARGEST_BYTES} are read",
            entry.path,
            "nothing of it is used: split it by namespace",
        )
    )


FORMAT = FileFormat("Kubernetes JSON", 0, recognise, read)
