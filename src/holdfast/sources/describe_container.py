"""One container of `kubectl describe pod`, in the shape of the API.

What describe does not print stays absent: restart policies, the grace of a probe, mounts' sub
paths. Commands of exec probes are printed without quotes and split at spaces.
"""

import re
from collections.abc import Iterator
from typing import Any

from holdfast.model.regex import regex
from holdfast.sources.describe_fields import Block, api_time, blocks, whole_number

_PROBE = regex(
    r"^(?P<handler>.*?)\s+delay=(?P<delay>\d+)s timeout=(?P<timeout>\d+)s period=(?P<period>\d+)s"
    r" #success=(?P<success>\d+) #failure=(?P<failure>\d+)$"
)
_HTTP = regex(r"^http-get (?P<scheme>\w+)://(?P<host>.*?):(?P<port>[^/:]*)(?P<path>/.*)?$")
_TCP = regex(r"^tcp-socket (?P<host>.*?):(?P<port>\S*)$")
_GRPC = regex(r"^grpc <pod>:(?P<port>\d+)\s*(?P<service>\S*)$")
_EXEC = regex(r"^exec \[(?P<command>.*)\]$", re.DOTALL)
_FROM_KEY = regex(
    r"^<set to the key '(?P<key>[^']*)' (?:of config map|in secret) '(?P<name>[^']*)'>"
    r"\s*(?:Optional: (?P<optional>true|false))?"
)
_MOUNT = regex(r"^(?P<path>\S+) from (?P<name>\S+) \((?P<options>[^)]*)\)")
_ENV_FROM = regex(r"^(?P<name>\S+)\s+(?P<kind>ConfigMap|Secret)\b.*?Optional: (?P<optional>\w+)")
_PORT = regex(r"^(?P<port>\d+)/(?P<protocol>\w+)")
_STATE_KEYS = frozenset({"Reason", "Message", "Exit Code", "Signal", "Started", "Finished"})
_ENV_NAME = regex(r"^(?P<name>[-._a-zA-Z][-._a-zA-Z0-9]*):(?:\s+(?P<value>.*))?$")


def container_spec(name: str, fields: dict[str, Block]) -> dict[str, Any]:
    """core/v1 Container, as far as describe tells."""
    spec: dict[str, Any] = {"name": name, "image": _value(fields, "Image")}
    for field, key in (("command", "Command"), ("args", "Args")):
        if key in fields:
            spec[field] = list(fields[key].words())
    resources = {
        field: amounts
        for field, key in (("limits", "Limits"), ("requests", "Requests"))
        if (amounts := _amounts(fields.get(key)))
    }
    if resources:
        spec["resources"] = resources
    for field, key in (
        ("livenessProbe", "Liveness"),
        ("readinessProbe", "Readiness"),
        ("startupProbe", "Startup"),
    ):
        probe = _probe(_value(fields, key))
        if probe is not None:
            spec[field] = probe
    if "Restart Policy" in fields:
        spec["restartPolicy"] = fields["Restart Policy"].value
    spec["ports"] = [port for key in ("Port", "Ports") for port in _ports(_value(fields, key))]
    spec["env"] = list(_env(fields.get("Environment")))
    spec["envFrom"] = list(_env_from(fields.get("Environment Variables from")))
    spec["volumeMounts"] = list(_mounts(fields.get("Mounts")))
    return spec


def container_status(name: str, fields: dict[str, Block]) -> dict[str, Any]:
    """core/v1 ContainerStatus, as far as describe tells."""
    return {
        "name": name,
        "image": _value(fields, "Image"),
        "imageID": _value(fields, "Image ID"),
        "containerID": _value(fields, "Container ID"),
        "ready": _value(fields, "Ready") == "True",
        "restartCount": whole_number(_value(fields, "Restart Count")) or 0,
        "state": _state(fields.get("State")),
        "lastState": _state(fields.get("Last State")),
    }


def _value(fields: dict[str, Block], key: str) -> str:
    return fields[key].value if key in fields else ""


def _state(block: Block | None) -> dict[str, Any]:
    if block is None:
        return {}
    found = {b.key: b for b in blocks(block.lines, _STATE_KEYS)}
    reason, message = _value(found, "Reason"), _message(found.get("Message"))
    if block.value == "Waiting":
        return {"waiting": {"reason": reason, "message": message}}
    if block.value == "Running":
        return {"running": {"startedAt": api_time(_value(found, "Started"))}}
    if block.value != "Terminated":
        return {}
    return {
        "terminated": {
            "reason": reason,
            "message": message,
            "exitCode": whole_number(_value(found, "Exit Code")) or 0,
            "signal": whole_number(_value(found, "Signal")),
            "startedAt": api_time(_value(found, "Started")),
            "finishedAt": api_time(_value(found, "Finished")),
        }
    }


def _message(block: Block | None) -> str:
    return "\n".join((block.value, *block.lines)).strip() if block is not None else ""


def _amounts(block: Block | None) -> dict[str, str]:
    return {key: b.value for key, b in block.fields().items()} if block is not None else {}


def _probe(text: str) -> dict[str, Any] | None:
    match = _PROBE.match(text)
    if match is None:
        return None
    return {
        **_handler(match["handler"]),
        "initialDelaySeconds": int(match["delay"]),
        "timeoutSeconds": int(match["timeout"]),
        "periodSeconds": int(match["period"]),
        "successThreshold": int(match["success"]),
        "failureThreshold": int(match["failure"]),
    }


def _handler(text: str) -> dict[str, Any]:
    if http := _HTTP.match(text):
        action = {"port": _port(http["port"]), "scheme": http["scheme"].upper()}
        action |= {"path": http["path"]} if http["path"] else {}
        action |= {"host": http["host"]} if http["host"] else {}
        return {"httpGet": action}
    if tcp := _TCP.match(text):
        return {"tcpSocket": {"port": _port(tcp["port"])}}
    if grpc := _GRPC.match(text):
        return {"grpc": {"port": int(grpc["port"]), "service": grpc["service"]}}
    if command := _EXEC.match(text):
        return {"exec": {"command": command["command"].split(" ")}}
    return {}


def _port(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _ports(text: str) -> Iterator[dict[str, Any]]:
    for part in text.split(","):
        if match := _PORT.match(part.strip()):
            yield {"containerPort": int(match["port"]), "protocol": match["protocol"]}


def _env(block: Block | None) -> Iterator[dict[str, Any]]:
    for line in block.words() if block is not None else ():
        match = _ENV_NAME.match(line)
        if match is None:
            continue
        value = match["value"] or ""
        source = _FROM_KEY.match(value)
        if source is None:
            yield {"name": match["name"], "value": value}
            continue
        reference = {"name": source["name"], "key": source["key"]}
        optional = {"optional": True} if source["optional"] == "true" else {}
        field = "secretKeyRef" if "in secret" in value else "configMapKeyRef"
        yield {"name": match["name"], "valueFrom": {field: reference | optional}}


def _env_from(block: Block | None) -> Iterator[dict[str, Any]]:
    for line in block.words() if block is not None else ():
        if match := _ENV_FROM.match(line):
            field = "configMapRef" if match["kind"] == "ConfigMap" else "secretRef"
            yield {field: {"name": match["name"], "optional": match["optional"] == "true"}}


def _mounts(block: Block | None) -> Iterator[dict[str, Any]]:
    for line in block.words() if block is not None else ():
        if match := _MOUNT.match(line):
            options = match["options"].split(",")
            yield {
                "mountPath": match["path"],
                "name": match["name"],
                "readOnly": "ro" in options,
            }
