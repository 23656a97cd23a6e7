"""`kubectl get pods` text, with or without -A and -o wide.

Rules: the table has one status for a whole pod and no exit codes, so it says that something
restarts and hardly why; the report tells what is missing. The container's name is not in the table
either.
"""

import re
from typing import Any

import msgspec

from holdfast.model.pod import Pod
from holdfast.model.regex import regex
from holdfast.model.snapshot import Gap, GapKind
from holdfast.sources.collector import Collector
from holdfast.sources.encoding import as_text, is_binary
from holdfast.sources.format import Entry, FileFormat
from holdfast.sources.text_table import header_columns, rows

_COLUMNS = {"NAME", "READY", "STATUS", "RESTARTS", "AGE"}
_RESTARTS = regex(r"^(?P<count>\d+)(?: \((?P<age>[^)]*) ago\))?$")
_READY = regex(r"^(?P<ready>\d+)/(?P<all>\d+)$")
_CONTAINER = "(container not named in the table)"
_COST = (
    "exit codes, probes, containers and events are not in this table; get them with: "
    "kubectl get pods -o json, or kubectl describe pod"
)
# kubectl pkg/printers printPod: what it prints for phases and for reasons of the pod itself.
_PHASES = {"Pending": "Pending", "Completed": "Succeeded", "Succeeded": "Succeeded"}
_POD_REASONS = {
    "Evicted", "Preempting", "NodeLost", "NodeAffinity", "OutOfcpu", "OutOfmemory", "OutOfpods",
    "UnexpectedAdmissionError", "NodeShutdown", "Shutdown",
}  # fmt: skip
_FAILED = "Failed"


def recognise(head: bytes) -> int:
    """The header of the table."""
    if is_binary(head):
        return 0
    return 75 if _header(as_text(head).split("\n")) is not None else 0


def read(entry: Entry, into: Collector) -> None:
    """Every row of every table in the text."""
    lines = as_text(entry.content()).split("\n")
    while (at := _header(lines)) is not None:
        for row in rows(lines[at + 1 :], lines[at]):
            pod = _pod(row)
            if pod is not None:
                into.add_pod(pod, entry.path)
        lines = lines[at + 1 :]
    into.add_gap(Gap(GapKind.ABSENT, "everything but names and counts of pods", entry.path, _COST))


def _header(lines: list[str]) -> int | None:
    for number, line in enumerate(lines):
        if "READY" in line and set(header_columns(line)) >= _COLUMNS:
            return number
    return None


def _pod(row: dict[str, str]) -> Pod | None:
    restarts = _RESTARTS.match(row["RESTARTS"])
    ready = _READY.match(row["READY"])
    if restarts is None or ready is None or not row["NAME"]:
        return None
    status = row["STATUS"]
    initial = status.startswith("Init:")
    container = {
        "name": _CONTAINER,
        "restartCount": int(restarts["count"]),
        "ready": ready["ready"] == ready["all"],
        "state": _state(status.removeprefix("Init:")),
    }
    deleted = {"deletionTimestamp": "unknown"} if status == "Terminating" else {}
    shaped: dict[str, Any] = {
        "metadata": {"name": row["NAME"], "namespace": row.get("NAMESPACE", ""), **deleted},
        "spec": {"nodeName": row.get("NODE", "").replace("<none>", "")},
        "status": {
            "phase": _phase(status),
            "reason": status if status in _POD_REASONS else "",
            "initContainerStatuses" if initial else "containerStatuses": [container],
        },
    }
    return msgspec.convert(shaped, Pod)


def _phase(status: str) -> str:
    if status in _POD_REASONS or status in (_FAILED, "ContainerStatusUnknown"):
        return _FAILED
    if status.startswith("Init:"):
        return "Pending"
    return _PHASES.get(status, "Running")


def _state(status: str) -> dict[str, Any]:
    """A waiting reason is what the column shows; how a process ended is not in the table."""
    if status in ("Running", "Terminating", "NotReady"):
        return {"running": {}}
    if status in _PHASES or status in _POD_REASONS or re.match(r"\d+/\d+$", status):
        return {}
    return {"waiting": {"reason": status}}


FORMAT = FileFormat("kubectl get pods", 4, recognise, read)
