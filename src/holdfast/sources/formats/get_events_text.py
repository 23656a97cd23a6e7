"""`kubectl get events` and `kubectl events` text, with or without -A.

Rules: ages are relative to the printing, which the text does not tell; with nothing else to date
them, events keep their order and have no times.
"""

from holdfast.model.snapshot import Gap, GapKind
from holdfast.sources.collector import Collector, Richness
from holdfast.sources.encoding import as_text, is_binary
from holdfast.sources.event_table import make_row, row_event
from holdfast.sources.format import Entry, FileFormat
from holdfast.sources.text_table import header_columns, rows

_COLUMNS = {"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"}
_KINDS = {"pod": "Pod", "node": "Node", "replicaset": "ReplicaSet", "deployment": "Deployment"}


def recognise(head: bytes) -> int:
    """The header of the table."""
    if is_binary(head):
        return 0
    return 74 if _header(as_text(head).split("\n")) is not None else 0


def read(entry: Entry, into: Collector) -> None:
    """Every row of the table."""
    lines = as_text(entry.content()).split("\n")
    at = _header(lines)
    if at is None:
        return
    into.events_read = True
    for cells in rows(lines[at + 1 :], lines[at]):
        kind, _, name = cells["OBJECT"].partition("/")
        kind = kind.partition(".")[0].lower()
        involved = {
            "kind": _KINDS.get(kind, kind.capitalize()),
            "namespace": cells.get("NAMESPACE", ""),
            "name": name,
        }
        source = cells.get("SOURCE", "")
        row = make_row(cells["TYPE"], cells["REASON"], cells["MESSAGE"], source, cells["LAST SEEN"])
        into.add_event(row_event(row, involved, None), entry.path, Richness.TABLE)
    what = "times of events: the table has ages only"
    cost = "the order of events is known, their distance to ends of containers is not"
    into.add_gap(Gap(GapKind.ABSENT, what, entry.path, cost))


def _header(lines: list[str]) -> int | None:
    for number, line in enumerate(lines):
        if "LAST SEEN" in line and set(header_columns(line)) >= _COLUMNS:
            return number
    return None


FORMAT = FileFormat("kubectl get events", 3, recognise, read)
