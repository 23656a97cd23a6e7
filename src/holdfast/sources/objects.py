"""API objects, one at a time, into the collector.

Rules: an object that does not fit its schema becomes a gap and the others are still read; lists
come with items that do not repeat their kind; a kind nobody knows is a workload when it embeds a
pod template, and is counted otherwise (custom resources, ConfigMaps, Services).
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from holdfast.model.container import ContainerStatus
from holdfast.model.event import Event, EventsV1
from holdfast.model.node import Node
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Gap, GapKind
from holdfast.model.workload import CronJob, Workload, WorkloadSpec
from holdfast.sources.collector import Collector


class TypeMeta(msgspec.Struct, frozen=True, rename="camel"):
    """meta/v1 TypeMeta, and the items of a list; `None` for what is not there."""

    kind: str | None = None
    api_version: str | None = None
    items: list[msgspec.Raw] | None = None


_WORKLOADS = frozenset(
    {
        "Deployment",
        "ReplicaSet",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "ReplicationController",
        "DeploymentConfig",
    }
)
_READ_VERSIONS = {
    "Pod": ("v1",),
    "Node": ("v1",),
    "Event": ("v1", "events.k8s.io/v1", "events.k8s.io/v1beta1"),
}
_NO_RESTARTS = "this object is left out of the diagnosis"


def take_json(raw: bytes | msgspec.Raw, source: str, into: Collector, kind: str = "") -> bool:
    """Read one JSON value: an object or a list of them.

    `kind` is what a surrounding list says about items that do not say it themselves; what nobody
    names is told by its shape. Returns whether it was an API object at all. Raises
    msgspec.DecodeError for what is no JSON.
    """
    try:
        meta = decode_json(raw, TypeMeta)
    except msgspec.ValidationError:
        return _take_array(raw, source, into, kind)
    own = meta.kind or kind
    if meta.items is not None:
        take_items(meta.items, own.removesuffix("List"), source, into)
        return bool(own)
    own = own or _guess_kind(decode_json(raw, Any))
    if not own:
        return False
    _take(own, meta.api_version or "", source, into, lambda type_: decode_json(raw, type_))
    return True


def decode_json(raw: bytes | msgspec.Raw, type_: Any) -> Any:
    """As msgspec decodes it; bytes that are no UTF-8 become U+FFFD, and all the rest is kept."""
    try:
        return msgspec.json.decode(raw, type=type_)
    except (UnicodeDecodeError, msgspec.DecodeError):  # which one depends on msgspec's version
        data = bytes(memoryview(raw))
        text = data.decode("utf-8", errors="replace")
        if text.encode() == data:
            raise
        return msgspec.json.decode(text, type=type_)


def take_items(items: list[msgspec.Raw], kind: str, source: str, into: Collector) -> None:
    """Read the items of a list of this kind ("" for a plain List)."""
    if kind == "Event":
        into.events_read = True
    for item in items:
        try:
            take_json(item, source, into, kind)
        except (msgspec.DecodeError, RecursionError) as error:
            _broken(into, kind or "object", source, error)


def take_value(value: Any, source: str, into: Collector, kind: str = "") -> bool:
    """As `take_json`, for a value that was decoded already (YAML, concatenated JSON)."""
    if isinstance(value, list):
        taken = [take_value(item, source, into, kind) for item in value]
        return any(taken)
    if not isinstance(value, Mapping):
        return False
    own = str(value.get("kind") or kind)
    items = value.get("items")
    if isinstance(items, list):
        item_kind = own.removesuffix("List")
        if item_kind == "Event":
            into.events_read = True
        for item in items:
            take_value(item, source, into, item_kind)
        return bool(own)
    own = own or _guess_kind(value)
    if not own:
        return False
    version = str(value.get("apiVersion") or "")
    _take(own, version, source, into, lambda type_: _from_value(value, type_))
    return True


def _guess_kind(value: Any) -> str:
    """The kind of an item that nobody named, by its shape; "" when it has none that is known."""
    if not isinstance(value, Mapping):
        return ""
    if "involvedObject" in value or "regarding" in value:
        return "Event"
    spec, status = value.get("spec"), value.get("status")
    if isinstance(spec, Mapping) and isinstance(spec.get("containers"), list):
        return "Pod"
    if isinstance(status, Mapping) and "nodeInfo" in status:
        return "Node"
    return ""


def _take_array(raw: bytes | msgspec.Raw, source: str, into: Collector, kind: str) -> bool:
    """A bare array, as old support bundles write them; anything else is no API object."""
    try:
        items = decode_json(raw, list[msgspec.Raw])
    except msgspec.ValidationError:
        return False
    found = False
    for item in items:
        value = decode_json(item, Any)
        found = take_value(value, source, into, kind) or found
    return found


def _take(
    kind: str, version: str, source: str, into: Collector, decode: Callable[[type], Any]
) -> None:
    known = _READ_VERSIONS.get(kind)
    if known is not None and version and version not in known:
        into.add_gap(
            Gap(
                GapKind.UNKNOWN_KIND,
                f"{kind} of apiVersion {version}",
                source,
                f"it was read as {known[0]}; fields that differ are missing from the diagnosis",
            )
        )
    try:
        _store(kind, version, source, into, decode)
    except (msgspec.DecodeError, RecursionError, TypeError, ValueError) as error:
        _broken(into, kind, source, error)


def _store(
    kind: str, version: str, source: str, into: Collector, decode: Callable[[type], Any]
) -> None:
    if kind == "Pod":
        pod: Pod = decode(Pod)
        into.add_pod(pod, source)
        _note_pod_times(pod, into)
    elif kind == "Event":
        event: Event = (
            decode(EventsV1).as_core() if version.startswith("events.k8s.io") else decode(Event)
        )
        if event.reason or event.message:
            into.add_event(event, source)
            into.note_timestamp(event.last_timestamp or event.event_time)
    elif kind == "Node":
        node: Node = decode(Node)
        into.add_node(node, source)
        for condition in node.status.conditions or ():
            into.note_timestamp(condition.last_transition_time)
    elif kind == "CronJob":
        into.add_workload(_cron_job(decode(CronJob)), source)
    elif kind in _WORKLOADS:
        into.add_workload(_with_kind(decode(Workload), kind), source)
    elif kind not in _PLAIN and _embeds_template(value := decode(dict)):
        into.add_workload(_with_kind(msgspec.convert(value, Workload), kind), source)
    else:
        into.skipped[kind] += 1


# Kinds that are in every dump and never embed a pod template: not worth decoding.
_PLAIN = frozenset(
    {
        "ConfigMap",
        "CustomResourceDefinition",
        "Endpoints",
        "EndpointSlice",
        "Lease",
        "Namespace",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "Secret",
        "Service",
        "ServiceAccount",
    }
)


def _with_kind(workload: Workload, kind: str) -> Workload:
    return workload if workload.kind else msgspec.structs.replace(workload, kind=kind)


def _cron_job(job: CronJob) -> Workload:
    spec = WorkloadSpec(template=job.spec.job_template.spec.template)
    return Workload("CronJob", job.metadata, spec)


def _embeds_template(value: Any) -> bool:
    spec = value.get("spec") if isinstance(value, dict) else None
    template = spec.get("template") if isinstance(spec, dict) else None
    pod = template.get("spec") if isinstance(template, dict) else None
    return isinstance(pod, dict) and isinstance(pod.get("containers"), list)


def _note_pod_times(pod: Pod, into: Collector) -> None:
    into.note_timestamp(pod.metadata.creation_timestamp)
    for condition in pod.status.conditions or ():
        into.note_timestamp(condition.last_transition_time)
    for status in pod.status.container_statuses or ():
        _note_status_times(status, into)
    for status in pod.status.init_container_statuses or ():
        _note_status_times(status, into)


def _note_status_times(status: ContainerStatus, into: Collector) -> None:
    for state in (status.state, status.last_state):
        if state.running is not None:
            into.note_timestamp(state.running.started_at)
        if state.terminated is not None:
            into.note_timestamp(state.terminated.finished_at)


def _from_value(value: Any, type_: type) -> Any:
    return value if type_ is dict else msgspec.convert(value, type_)


def _broken(into: Collector, kind: str, source: str, error: Exception) -> None:
    found = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    into.add_gap(Gap(GapKind.BROKEN, f"{kind}: {found}", source, _NO_RESTARTS))
