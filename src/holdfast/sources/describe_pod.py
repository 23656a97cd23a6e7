"""`kubectl describe pod` text to a Pod.

Rules: what describe leaves out stays absent, so that nothing is concluded from it; times are
absolute, only those of events are ages (event_table.py).
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from holdfast.model.pod import Pod
from holdfast.model.regex import regex
from holdfast.sources.describe_container import container_spec, container_status
from holdfast.sources.describe_fields import Block, api_time, blocks, whole_number

_TOP = frozenset(
    {
        "Name", "Namespace", "Priority", "Priority Class Name", "Runtime Class Name",
        "Service Account", "Node", "Start Time", "Labels", "Annotations", "Status", "Reason",
        "Message", "IP", "IPs", "Controlled By", "NominatedNodeName", "SeccompProfile",
        "Init Containers", "Containers", "Ephemeral Containers", "Readiness Gates", "Conditions",
        "Volumes", "QoS Class", "Node-Selectors", "Tolerations", "Topology Spread Constraints",
        "Events", "Termination Grace Period", "Resources",
    }
)  # fmt: skip
_CONTAINER_KEYS = frozenset(
    {
        "Container ID", "Image", "Image ID", "Port", "Ports", "Host Port", "Host Ports",
        "SeccompProfile", "Command", "Args", "State", "Last State", "Ready", "Restart Count",
        "Restart Policy", "Limits", "Requests", "Liveness", "Readiness", "Startup",
        "Environment Variables from", "Environment", "Mounts", "Devices", "Target Container",
    }
)  # fmt: skip
_TERMINATING = regex(r"^Terminating(?: \(lasts (?P<age>[^)]*)\))?")


def top_blocks(lines: Sequence[str]) -> dict[str, Block]:
    """The sections of one pod."""
    return {block.key: block for block in blocks(lines, _TOP)}


def described_pod(top: dict[str, Block]) -> Pod:
    """The pod of these sections. Raises msgspec.ValidationError for values of a wrong type."""
    spec: dict[str, Any] = {"nodeName": _node(top)}
    status: dict[str, Any] = {
        "phase": _phase(top),
        "reason": _value(top, "Reason"),
        "message": _text(top.get("Message")),
        "startTime": api_time(_value(top, "Start Time")),
        "qosClass": _value(top, "QoS Class"),
        "podIP": _value(top, "IP"),
        "conditions": _conditions(top.get("Conditions")),
    }
    for section, specs, statuses in (
        ("Init Containers", "initContainers", "initContainerStatuses"),
        ("Containers", "containers", "containerStatuses"),
        ("Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses"),
    ):
        if section in top:
            found = _containers(top[section])
            spec[specs] = [container_spec(name, fields) for name, fields in found.items()]
            # A pod that no kubelet has seen has containers without a State in its text.
            status[statuses] = [
                container_status(name, fields)
                for name, fields in found.items()
                if "State" in fields
            ]
    spec["volumes"] = _volumes(top.get("Volumes"))
    spec["serviceAccountName"] = _value(top, "Service Account")
    grace = whole_number(_value(top, "Termination Grace Period").removesuffix("s"))
    if grace is not None:
        spec["terminationGracePeriodSeconds"] = grace
    shaped = {"metadata": _metadata(top, grace), "spec": spec, "status": status}
    return msgspec.convert(shaped, Pod)


def _metadata(top: dict[str, Block], grace: int | None) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "name": _value(top, "Name"),
        "namespace": _value(top, "Namespace"),
        "labels": _pairs(top.get("Labels"), "="),
        "annotations": _pairs(top.get("Annotations"), ": "),
    }
    kind, slash, name = _value(top, "Controlled By").partition("/")
    if slash:
        metadata["ownerReferences"] = [{"kind": kind, "name": name, "controller": True}]
    if _TERMINATING.match(_value(top, "Status")):
        # The text tells that a deletion runs, not when it began: the start of the pod is the
        # earliest time it can have.
        metadata["deletionTimestamp"] = api_time(_value(top, "Start Time")) or "unknown"
        metadata["deletionGracePeriodSeconds"] = grace
    return metadata


def _phase(top: dict[str, Block]) -> str:
    status = _value(top, "Status")
    return "Running" if _TERMINATING.match(status) else status


def _node(top: dict[str, Block]) -> str:
    return _value(top, "Node").partition("/")[0]


def _containers(block: Block) -> dict[str, dict[str, Block]]:
    found = {}
    for container in blocks(block.lines):
        found[container.key] = {
            field.key: field for field in blocks(container.lines, _CONTAINER_KEYS)
        }
    return found


def _conditions(block: Block | None) -> list[dict[str, str]]:
    """Rows of "Type Status", below their header."""
    rows = [line.split() for line in block.lines] if block is not None else []
    return [
        {"type": row[0], "status": row[1]} for row in rows if len(row) == 2 and row[0] != "Type"
    ]


def _volumes(block: Block | None) -> list[dict[str, Any]]:
    found = []
    for volume in blocks(block.lines) if block is not None else ():
        fields = volume.fields()
        kind = _value(fields, "Type").partition(" ")[0]
        shaped: dict[str, Any] = {"name": volume.key}
        if kind == "EmptyDir":
            limit = _value(fields, "SizeLimit")
            shaped["emptyDir"] = {"medium": _value(fields, "Medium"), "sizeLimit": limit or None}
        elif kind == "ConfigMap":
            shaped["configMap"] = {"name": _value(fields, "Name")}
        elif kind == "Secret":
            shaped["secret"] = {"secretName": _value(fields, "SecretName")}
        elif kind == "PersistentVolumeClaim":
            shaped["persistentVolumeClaim"] = {"claimName": _value(fields, "ClaimName")}
        found.append(shaped)
    return found


def _pairs(block: Block | None, separator: str) -> dict[str, str]:
    words = block.words() if block is not None else ()
    parts = (word.partition(separator) for word in words)
    return {key.strip(): value.strip() for key, found, value in parts if found}


def _text(block: Block | None) -> str:
    return " ".join(block.words()) if block is not None else ""


def _value(fields: dict[str, Block], key: str) -> str:
    return fields[key].value if key in fields else ""
