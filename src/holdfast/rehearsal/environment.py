"""The environment of a container: literals, fields of the pod, ConfigMaps and Secrets.

Rules: envFrom comes first, env after it, in order; what is missing keeps the container from
starting with the kubelet's own words, unless it is optional. Of this computer's environment only
PATH and HOME are passed on, because that is where the program and its libraries lie. Source:
kubernetes v1.36.2 pkg/kubelet/kubelet_pods.go makeEnvironmentVariables,
pkg/api/v1/resource/helpers.go.
"""

import os
from collections.abc import Iterator, Mapping
from math import ceil
from typing import NamedTuple

from holdfast.model.container import Container, EnvFromSource, EnvVar, ObjectReference
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity, read_quantity
from holdfast.model.regex import regex
from holdfast.rehearsal.expansion import expand
from holdfast.rehearsal.given_data import CONFIG_MAP, SECRET, Data, Given

_SUBSCRIPT = regex(r"metadata\.(labels|annotations)\['([^']+)'\]")


class ConfigurationError(Exception):
    """A container that cannot be made: CreateContainerConfigError, in the kubelet's words."""


class Place(NamedTuple):
    """Where the pod runs: what fields of its status and of its node say."""

    pod_ip: str
    node_name: str
    node_ip: str
    cores: float
    memory_bytes: int


def environment_of(pod: Pod, spec: Container, data: Data, place: Place) -> dict[str, str]:
    """Name and value of every variable. Raises ConfigurationError."""
    found: dict[str, str] = {}
    for source in spec.env_from or ():
        found.update((source.prefix + key, text) for key, text in _all_of(source, data))
    for entry in spec.env or ():
        value = _value(pod, spec, entry, data, place, found)
        if value is not None:
            found[entry.name] = value
    basic = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "HOSTNAME": pod.metadata.name,
    }
    return {**basic, **found}


def literals_of(spec: Container) -> dict[str, str]:
    """The variables that $(VAR) in commands of probes may name: literal ones only (1.8)."""
    return {entry.name: entry.value for entry in spec.env or () if entry.value is not None}


def _all_of(source: EnvFromSource, data: Data) -> Iterator[tuple[str, str]]:
    for kind, reference in ((CONFIG_MAP, source.config_map_ref), (SECRET, source.secret_ref)):
        if reference is None:
            continue
        values = _object(kind, reference, data)
        for key in sorted(values):
            yield key, values[key].decode(errors="replace")


def _value(
    pod: Pod,
    spec: Container,
    entry: EnvVar,
    data: Data,
    place: Place,
    known: Mapping[str, str],
) -> str | None:
    """The value of a variable, or None for one that is optional and missing."""
    source = entry.value_from
    if source is None:
        return expand(entry.value or "", known)
    if source.field_ref is not None:
        return _field(pod, source.field_ref.field_path, place)
    if source.resource_field_ref is not None:
        selector = source.resource_field_ref
        container = _container(pod, selector.container_name) or spec
        return _resource(container, selector.resource, selector.divisor, place)
    for kind, reference in (
        (CONFIG_MAP, source.config_map_key_ref),
        (SECRET, source.secret_key_ref),
    ):
        if reference is not None:
            return _key(pod, kind, reference, data)
    return ""


def _object(kind: str, reference: ObjectReference, data: Data) -> dict[str, bytes]:
    values = data.get(Given(kind, reference.name))
    if values is not None:
        return values
    if reference.optional:
        return {}
    raise ConfigurationError(f'{kind.lower()} "{reference.name}" not found')


def _key(pod: Pod, kind: str, reference: ObjectReference, data: Data) -> str | None:
    values = _object(kind, reference, data)
    key = reference.key or ""
    if key in values:
        return values[key].decode(errors="replace")
    if reference.optional:
        return None
    whole = f"{pod.key.namespace}/{reference.name}"
    raise ConfigurationError(f"couldn't find key {key} in {kind} {whole}")


def _field(pod: Pod, path: str, place: Place) -> str:
    match = _SUBSCRIPT.fullmatch(path)
    if match is not None:
        table = pod.metadata.labels if match[1] == "labels" else pod.metadata.annotations
        return (table or {}).get(match[2], "")
    fields = {
        "metadata.name": pod.metadata.name,
        "metadata.namespace": pod.key.namespace,
        "metadata.uid": pod.metadata.uid,
        "spec.nodeName": place.node_name,
        "spec.serviceAccountName": pod.spec.service_account_name or "default",
        "status.hostIP": place.node_ip,
        "status.hostIPs": place.node_ip,
        "status.podIP": place.pod_ip,
        "status.podIPs": place.pod_ip,
    }
    if path not in fields:
        raise ConfigurationError(f"unsupported fieldPath: {path}")
    return fields[path]


def _container(pod: Pod, name: str) -> Container | None:
    specs = (*(pod.spec.init_containers or ()), *pod.spec.containers)
    return next((spec for spec in specs if spec.name == name), None)


def _resource(spec: Container, resource: str, divisor: str | float | None, place: Place) -> str:
    """A request or limit in units of the divisor, rounded up; what the node has without a limit."""
    kind, _, name = resource.partition(".")
    written = spec.limit(name) if kind == "limits" else spec.request(name)
    amount = read_quantity(written)
    if amount is None:
        whole = {"cpu": Quantity.parse(place.cores), "memory": Quantity.parse(place.memory_bytes)}
        amount = whole.get(name) if kind == "limits" else Quantity.parse(0)
    if amount is None or kind not in ("limits", "requests"):
        raise ConfigurationError(f"unsupported container resource: {resource}")
    unit = read_quantity(divisor)
    one = unit.amount if unit is not None and unit.amount else Quantity.parse(1).amount
    return str(ceil(amount.amount / one))
