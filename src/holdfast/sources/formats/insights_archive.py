"""Archives of the OpenShift insights operator: pods with problems, extracts of logs, short events.

Its events carry no object: they are tied to a pod where their text names it ("... in pod
NAME_NAMESPACE(UID)") and say nothing about pods otherwise.
"""

from typing import Any

import msgspec

from holdfast.model.event import Event
from holdfast.model.regex import regex
from holdfast.model.snapshot import Gap, GapKind
from holdfast.sources.collector import Collector
from holdfast.sources.encoding import as_utf8
from holdfast.sources.format import Entry, Tree, TreeFormat
from holdfast.sources.objects import decode_json
from holdfast.sources.tree_logs import read_tree_logs

_POD = regex(r"(?:.*/)?config/pod/[^/]+/[^/]+\.json$")
_LOG = regex(
    r"(?:.*/)?config/pod/(?P<namespace>[^/]+)/logs/(?P<pod>[^/]+)/"
    r"(?:(?P<container>[^/]+?)[_-])?(?:current|errors|(?P<previous>previous))\.log$"
)
_EVENTS = regex(r"(?:.*/)?events/(?P<namespace>[^/]+)\.json$")
_NAMED = regex(r"\bpod (?P<pod>[a-z0-9.-]+)_(?P<namespace>[a-z0-9-]+)\((?P<uid>[0-9a-f-]+)\)")


def recognise(tree: Tree) -> int:
    """Pods below config/pod."""
    return 82 if any(_POD.match(path) for path in tree.entries) else 0


def read(tree: Tree, into: Collector) -> set[str]:
    """Logs and compacted events; objects are left to the reader of JSON."""
    done = read_tree_logs(tree, _LOG, into)
    for entry in tree.matching(_EVENTS.match):
        done.add(entry.path)
        _read_events(entry, f"{tree.name}/{entry.path}", into)
    return done


def _read_events(entry: Entry, source: str, into: Collector) -> None:
    try:
        items = decode_json(as_utf8(entry.content()), Any)["items"]
        events = [_event(item) for item in items]
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        cost = "kills by probes of this namespace can only be inferred from times"
        into.add_gap(Gap(GapKind.BROKEN, f"compacted events: {error}", source, cost))
        return
    into.events_read = True
    for event in events:
        if event is not None:
            into.add_event(event, source)


def _event(item: dict[str, Any]) -> Event | None:
    message = str(item.get("message") or "")
    named = _NAMED.search(message)
    if named is None:
        return None
    shaped = {
        "metadata": {"namespace": named["namespace"]},
        "involvedObject": {
            "kind": "Pod",
            "namespace": named["namespace"],
            "name": named["pod"],
            "uid": named["uid"],
        },
        "type": str(item.get("type") or ""),
        "reason": str(item.get("reason") or ""),
        "message": message,
        "lastTimestamp": str(item.get("lastTimestamp") or ""),
    }
    return msgspec.convert(shaped, Event)


FORMAT = TreeFormat("insights archive", recognise, read)
