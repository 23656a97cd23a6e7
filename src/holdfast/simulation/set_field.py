"""`--set path=value`: another value for one field of a manifest or a workload.

A path is written as `kubectl explain` and JSONPath do: names joined by dots, entries of a list by
their name or number in brackets. It begins at the object's root; a path that begins with the name
of a container begins at that container, any other at the pod's spec; one that begins with
`workload.` and the name of a container speaks of what its process does.

Rules: the given values are never changed, a copy is; a path that leads nowhere is an error, for a
setting that does nothing proves nothing.
"""

import copy
from typing import Any

from holdfast.model.errors import HoldfastError
from holdfast.model.regex import regex

_STEP = regex(r"([^.\[\]]+)|\[([^\]]+)\]")
_ROOTS = ("spec", "metadata", "apiVersion", "kind")
WORKLOAD = "workload"


class SetError(HoldfastError):
    """A setting that cannot be applied."""


def speaks_of_workload(path: str) -> bool:
    """Whether a path is about the workload, not the manifest."""
    return path.split(".", 1)[0] == WORKLOAD


def set_in_object(value: dict[str, Any], path: str, new: object) -> dict[str, Any]:
    """A copy of an object of the API with one field changed; None removes it."""
    steps = _steps(path)
    pod_spec = _pod_spec_path(value)
    if steps[0] not in _ROOTS:
        names = _container_list(value, pod_spec, str(steps[0]))
        steps = [*pod_spec, *([names, *steps] if names else steps)]
    changed = copy.deepcopy(value)
    _assign(changed, steps, new, path)
    return changed


def set_in_workload(value: dict[str, Any], path: str, new: object) -> dict[str, Any]:
    """A copy of a workload document with one field changed; `path` begins with "workload."."""
    steps = _steps(path)[1:]
    if steps and steps[0] not in ("containers", "dependencies", "traffic"):
        steps = ["containers", *steps]
    changed = copy.deepcopy(value)
    _assign(changed, steps, new, path)
    return changed


def _steps(path: str) -> list[str | int]:
    found: list[str | int] = []
    at = 0
    for match in _STEP.finditer(path):
        if path[at : match.start()].strip(".") or match.start() - at > 1:
            break
        inner = match[1] if match[1] is not None else match[2]
        found.append(int(inner) if match[2] is not None and inner.isdecimal() else inner)
        at = match.end()
    if not found or at != len(path):
        raise SetError(
            "reading --set",
            path,
            "a path that cannot be read; expected names joined by dots, such as "
            "app.livenessProbe.timeoutSeconds or spec.replicas",
            "see holdfast simulate --help",
        )
    return found


def _pod_spec_path(value: dict[str, Any]) -> list[str | int]:
    if value.get("kind") == "CronJob":
        return ["spec", "jobTemplate", "spec", "template", "spec"]
    spec = value.get("spec")
    if isinstance(spec, dict) and isinstance(spec.get("template"), dict):
        return ["spec", "template", "spec"]
    return ["spec"]


def _container_list(value: dict[str, Any], pod_spec: list[str | int], name: str) -> str:
    """The list of the pod spec in which a container of that name stands, or ""."""
    inner: Any = value
    for step in pod_spec:
        inner = inner.get(step) if isinstance(inner, dict) else None
    for field in ("containers", "initContainers"):
        entries = inner.get(field) if isinstance(inner, dict) else None
        if any(isinstance(e, dict) and e.get("name") == name for e in entries or ()):
            return field
    return ""


def _assign(target: Any, steps: list[str | int], new: object, path: str) -> None:
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        last = following is None
        if isinstance(target, list):
            index = _index(target, step, path)
            if last:
                target[index : index + 1] = [] if new is None else [new]
                return
            target = target[index]
        elif isinstance(target, dict):
            if last:
                target.pop(step, None)
                if new is not None:
                    target[step] = new
                return
            inner = target.get(step)
            if inner is None:
                inner = target[step] = {}
            target = inner
        else:
            raise _nowhere(path, step, "a single value, below which there is nothing")


def _index(entries: list[Any], step: str | int, path: str) -> int:
    if isinstance(step, int) and step < len(entries):
        return step
    for index, entry in enumerate(entries):
        if isinstance(entry, dict) and entry.get("name") == step:
            return index
    names = [str(e.get("name")) for e in entries if isinstance(e, dict) and e.get("name")]
    raise _nowhere(
        path, step, f"a list of {len(entries)} entries ({', '.join(names) or 'unnamed'})"
    )


def _nowhere(path: str, step: str | int, found: str) -> SetError:
    return SetError(
        "applying --set",
        f"{path} (at {step})",
        f"{found}; expected something that has {step}",
        "correct the path; entries of lists are chosen by [name] or [number]",
    )
