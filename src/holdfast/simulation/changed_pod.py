"""A pod with the changes of a patch, as the API server would store it.

Rules: lists of named elements are merged by name and everything else by field, as a strategic merge
patch does it (k8s.io/api core/v1, patchMergeKey). The pod that was given stays as it is.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from holdfast.model.edit import Change
from holdfast.model.pod import Pod, PodSpec

_NAMED_LISTS = frozenset({"containers", "initContainers", "env", "volumes"})


def changed(pod: Pod, changes: Iterable[Change]) -> Pod:
    """The pod after the patch."""
    spec: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(pod.spec))
    for change in changes:
        _set(spec, change.path, change.value)
    return msgspec.structs.replace(pod, spec=msgspec.convert(spec, PodSpec, strict=False))


def _set(holder: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    field, *rest = path
    if field in _NAMED_LISTS and rest:
        elements = holder.setdefault(field, [])
        named = next((element for element in elements if element.get("name") == rest[0]), None)
        if named is None:
            named = {"name": rest[0]}
            elements.append(named)
        if len(rest) > 1:
            _set(named, tuple(rest[1:]), value)
        else:
            _merge(named, value)
    elif rest:
        _set(holder.setdefault(field, {}), tuple(rest), value)
    elif isinstance(value, dict) and isinstance(holder.get(field), dict):
        _merge(holder[field], value)
    else:
        holder[field] = value


def _merge(into: dict[str, Any], value: dict[str, Any]) -> None:
    for name, inner in value.items():
        if isinstance(inner, dict) and isinstance(into.get(name), dict):
            _merge(into[name], inner)
        else:
            into[name] = inner
