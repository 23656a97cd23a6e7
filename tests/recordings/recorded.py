"""Recordings of a real kubelet as snapshots: what somebody would have read at a given moment.

A recording holds every watch event of one pod and every core event. Events have no uid here; what
was seen before the pod was created belongs to an earlier pod of the same name, and gets another
uid, as the API would have it.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from holdfast.model.event import Event
from holdfast.model.instant import Instant, parse_instant
from holdfast.model.node import Node
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Snapshot

DIRECTORY = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in DIRECTORY.glob("*.json")))
_UID = "00000000-0000-0000-0000-000000000001"
_EARLIER_UID = "00000000-0000-0000-0000-000000000000"
# An event is written up to a second before the apply that led to it returns.
_CREATION_SLACK_SECONDS = 2.0


@cache
def recording(name: str) -> dict[str, Any]:
    """One file of this directory."""
    content: dict[str, Any] = json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))
    return content


def last_moment(name: str) -> float:
    """The time of the last watch event before the pod was deleted for good."""
    updates = [update for update in recording(name)["pod"] if update["type"] != "DELETED"]
    return float(updates[-1]["at"])


def after_restarts(name: str, restarts: int) -> float | None:
    """When the sum of restart counts first reached this number, or None."""
    for update in recording(name)["pod"]:
        statuses = update["status"].get("containerStatuses", ())
        inits = update["status"].get("initContainerStatuses", ())
        if sum(status["restartCount"] for status in (*statuses, *inits)) >= restarts:
            return float(update["at"])
    return None


def snapshot_at(name: str, moment: float, *, with_events: bool = True) -> Snapshot:
    """What the API would have answered at that time."""
    recorded = recording(name)
    updates = [update for update in recorded["pod"] if update["at"] <= moment]
    pod = _pod(recorded, updates[-1])
    node = {
        "metadata": {"name": "lab"},
        "status": {
            "nodeInfo": {
                "kubeletVersion": recorded["kubernetes"],
                "containerRuntimeVersion": "containerd://1.6.20",
            },
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }
    events = _events(recorded, moment) if with_events else ()
    return Snapshot(
        pods=(pod,),
        events=tuple(events),
        nodes=(msgspec.convert(node, Node),),
        sources=(f"{name}.json",),
        captured_at=Instant(moment),
        events_read=with_events,
    )


def _pod(recorded: dict[str, Any], update: dict[str, Any]) -> Pod:
    manifest = recorded["manifest"]
    metadata = {
        **manifest["metadata"],
        "namespace": manifest["metadata"].get("namespace", "default"),
        "uid": _UID,
        "creationTimestamp": _format(recorded["marks"]["created"]),
        "deletionTimestamp": update.get("deletionTimestamp"),
    }
    spec = {**manifest["spec"], "nodeName": "lab" if update["status"].get("startTime") else ""}
    return msgspec.convert({"metadata": metadata, "spec": spec, "status": update["status"]}, Pod)


def _events(recorded: dict[str, Any], moment: float) -> tuple[Event, ...]:
    """The newest state of every event up to the moment."""
    created = recorded["marks"]["created"] - _CREATION_SLACK_SECONDS
    pod = recorded["manifest"]["metadata"]
    newest: dict[tuple[str, ...], Event] = {}
    for seen in recorded["events"]:
        if seen["at"] > moment:
            continue
        begun = parse_instant(seen["firstTimestamp"]) or seen["at"]
        uid = _UID if begun >= created else _EARLIER_UID
        key = (uid, seen["reason"], seen["message"], str(seen["fieldPath"]))
        shaped = {
            "metadata": {"name": f"{pod['name']}.{len(newest)}", "namespace": "default"},
            "involvedObject": {
                "kind": "Pod",
                "namespace": pod.get("namespace", "default"),
                "name": pod["name"],
                "uid": uid,
                "fieldPath": seen["fieldPath"] or "",
            },
            "type": seen["type"],
            "reason": seen["reason"],
            "message": seen["message"],
            "count": seen["count"],
            "firstTimestamp": seen["firstTimestamp"],
            "lastTimestamp": seen["lastTimestamp"],
            "eventTime": _format(seen["at"]) if seen["firstTimestamp"] is None else None,
        }
        newest[key] = msgspec.convert(shaped, Event)
    return tuple(newest.values())


def _format(at: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
