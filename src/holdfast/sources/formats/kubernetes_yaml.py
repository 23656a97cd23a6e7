"""`kubectl get -o yaml` and manifests: one or several documents.

Rules: a broken document ends the reading of its file, because what follows has no reliable start;
the documents before it count, and the place is told.
"""

import re

from holdfast.model.regex import regex
from holdfast.model.snapshot import Gap, GapKind
from holdfast.sources.collector import Collector
from holdfast.sources.encoding import as_text, is_binary
from holdfast.sources.format import Entry, FileFormat
from holdfast.sources.objects import take_value
from holdfast.sources.yaml_values import plain_documents

_FIELD = regex(r"^(?:- )?(?:apiVersion|kind|items|metadata)\s*:", re.MULTILINE)
# Manifests and dumps of one namespace stay far below; YAML costs much more than JSON to read.
_LARGEST_BYTES = 256 * 1024 * 1024


def recognise(head: bytes) -> int:
    """Lines with the fields of API objects."""
    if is_binary(head):
        return 0
    fields = {match.group().strip("- :") for match in _FIELD.finditer(as_text(head))}
    if {"apiVersion", "kind"} <= fields:
        return 70
    return 60 if "apiVersion" in fields or {"kind", "metadata"} <= fields else 0


def read(entry: Entry, into: Collector) -> None:
    """Every object of every document."""
    if entry.size > _LARGEST_BYTES:
        what = f"a file of {entry.size} bytes; at most {_LARGEST_BYTES} are read as YAML"
        cost = "nothing of it is used: get it as JSON"
        into.add_gap(Gap(GapKind.REFUSED, what, entry.path, cost))
        return
    documents = plain_documents(as_text(entry.content()), entry.path)
    for value in documents.values:
        take_value(value, entry.path, into)
    if documents.problem is not None:
        where, what = documents.problem
        cost = "objects from there on are missing from the diagnosis"
        into.add_gap(Gap(GapKind.BROKEN, what, where, cost))


FORMAT = FileFormat("Kubernetes YAML", 1, recognise, read)
