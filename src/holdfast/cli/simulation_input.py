"""What `holdfast simulate` reads: manifests, workloads, presets, nodes, settings.

Rules: files and standard input are read here and nowhere below; everything becomes plain values
first, so that settings can be applied to it.
"""

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from holdfast.cli.targets import Target
from holdfast.kubelet.qos import STORAGE
from holdfast.model.errors import HoldfastError
from holdfast.model.metadata import Metadata
from holdfast.model.node import Node, NodeStatus
from holdfast.model.quantity import Quantity
from holdfast.simulation.set_field import set_in_object, set_in_workload, speaks_of_workload
from holdfast.sources.yaml_values import plain_documents

Plain = dict[str, Any]
# A manifest is written by people; a dump of this size is not.
_LARGEST_BYTES = 4 * 1024 * 1024
_PRESETS = files("holdfast.simulation") / "presets"
_SUFFIX = ".yaml"
_MOST_NODES = 1000


class InputError(HoldfastError):
    """An input that cannot be used."""


def presets() -> dict[str, str]:
    """The name of every preset, and its first sentence."""
    found = {}
    for entry in sorted(_PRESETS.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(_SUFFIX):
            first = entry.read_text(encoding="utf-8").split("\n", 1)[0]
            found[entry.name.removesuffix(_SUFFIX)] = first.removeprefix("# ")
    return found


def read_preset(name: str) -> Plain:
    """The workload document of a preset."""
    return _only((_PRESETS / f"{name}{_SUFFIX}").read_text(encoding="utf-8"), f"preset {name}")


def read_workload_file(path: str) -> Plain:
    """The one document of a workload file."""
    return _only(_text(path), path)


def merged(preset: Plain | None, own: Plain | None) -> Plain:
    """The user's workload over a preset, entry by entry."""
    empty: Plain = {"apiVersion": "holdfast/v1", "kind": "Workload"}
    if preset is None or own is None:
        return own or preset or empty
    result = {**preset, **own}
    for field in ("containers", "dependencies"):
        first, second = preset.get(field), own.get(field)
        if isinstance(first, dict) and isinstance(second, dict):
            result[field] = {**first, **second}
    return result


def read_manifest(path: str, target: Target | None) -> Plain:
    """The one object with a pod template in a file, or the one that was asked for."""
    found = [value for value in _objects(path) if _has_pod(value)]
    if target is not None:
        found = [value for value in found if _is(value, target)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{v.get('kind')}/{(v.get('metadata') or {}).get('name')}" for v in found)
    wanted = f" called {target}" if target is not None else ""
    raise InputError(
        "reading the manifest",
        path,
        f"{len(found)} objects with pods{wanted}{': ' + names if names else ''}; expected one",
        "name one of them: holdfast simulate deploy/NAME -f FILE",
    )


def read_neighbours(paths: tuple[str, ...]) -> list[Plain]:
    """Every object with a pod template in these files."""
    found = []
    for path in paths:
        objects = [value for value in _objects(path) if _has_pod(value)]
        if not objects:
            raise InputError(
                "reading --beside", path, "no object with pods; expected manifests of workloads",
                "give the file of a Deployment, a Pod or the like",
            )  # fmt: skip
        found.extend(objects)
    return found


def read_nodes(given: tuple[str, ...]) -> tuple[Node, ...]:
    """Nodes written as cpu=4,memory=16Gi[,count=3], or the Node objects of a file."""
    nodes: list[Node] = []
    for text in given:
        if "=" in text:
            nodes.extend(_written_nodes(text, len(nodes)))
        else:
            objects = [value for value in _objects(text) if value.get("kind") == "Node"]
            if not objects:
                raise InputError(
                    "reading nodes", text, "no Node; expected kubectl get nodes -o yaml",
                    "write --node cpu=4,memory=16Gi instead",
                )  # fmt: skip
            nodes.extend(msgspec.convert(value, Node) for value in objects)
    return tuple(nodes)


def apply_settings(
    settings: tuple[str, ...], manifest: Plain, workload: Plain
) -> tuple[Plain, Plain]:
    """Copies of both with every path=value applied, in order."""
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals:
            raise InputError(
                "reading --set", setting, "no =; expected path=value",
                "write, for example, --set app.livenessProbe.timeoutSeconds=5",
            )  # fmt: skip
        documents = plain_documents(text, f"--set {path}")
        if documents.problem is not None:
            raise InputError(
                "reading --set", path, documents.problem.what,
                "quote the value for the shell",
            )  # fmt: skip
        value = documents.values[0] if documents.values else None
        if speaks_of_workload(path):
            workload = set_in_workload(workload, path, value)
        else:
            manifest = set_in_object(manifest, path, value)
    return manifest, workload


def _written_nodes(text: str, before: int) -> Iterator[Node]:
    parts = dict(part.partition("=")[::2] for part in text.split(","))
    unknown = set(parts) - {"cpu", "memory", "count", "pods", STORAGE}
    try:
        if unknown or not {"cpu", "memory"} <= set(parts):
            raise ValueError(f"{text!r}")
        amounts = {
            name: Quantity.parse(parts[name])
            for name in ("cpu", "memory", STORAGE)
            if name in parts
        }
        count = int(parts.get("count", "1"))
        if min(q.amount for q in amounts.values()) <= 0 or not 1 <= count <= _MOST_NODES:
            raise ValueError(f"{text!r}, of which something is not possible")
    except ValueError as error:
        raise InputError(
            "reading --node", text, f"{error}; expected cpu=4,memory=16Gi and perhaps count=3",
            "write both amounts as Kubernetes quantities",
        ) from None  # fmt: skip
    resources: dict[str, str | int | float] = {
        "cpu": parts["cpu"],
        "memory": parts["memory"],
        "pods": parts.get("pods", "110"),
    }
    if STORAGE in parts:
        resources[STORAGE] = parts[STORAGE]
    for number in range(count):
        name = f"node-{before + number + 1}"
        yield Node(Metadata(name=name), status=NodeStatus(capacity=resources))


def _objects(path: str) -> list[Plain]:
    """Every object of a file, those of lists included."""
    documents = plain_documents(_text(path), path)
    if documents.problem is not None:
        raise InputError(
            "reading YAML",
            documents.problem.where,
            documents.problem.what,
            "check the text there (kubectl apply --dry-run=client -f FILE)",
        )
    found: list[Plain] = []
    for value in documents.values:
        if not isinstance(value, dict):
            continue
        items = value.get("items")
        every = items if isinstance(items, list) else [value]
        found.extend(item for item in every if isinstance(item, dict))
    return found


def _only(text: str, source: str) -> Plain:
    documents = plain_documents(text, source)
    values = documents.values
    if documents.problem is not None or len(values) != 1 or not isinstance(values[0], dict):
        what = (
            documents.problem.what if documents.problem is not None else f"{len(values)} documents"
        )
        raise InputError(
            "reading the workload",
            documents.problem.where if documents.problem is not None else source,
            f"{what}; expected one document of kind Workload",
            "docs/workloads.md describes the language",
        )
    return values[0]


def _text(path: str) -> str:
    if path == "-":
        data = sys.stdin.buffer.read(_LARGEST_BYTES + 1)
    else:
        try:
            with Path(path).open("rb") as file:
                data = file.read(_LARGEST_BYTES + 1)
        except OSError as error:
            raise InputError(
                "reading a file", path, f"{error.strerror}; expected a file that can be read",
                "check the path",
            ) from None  # fmt: skip
    if len(data) > _LARGEST_BYTES:
        raise InputError(
            "reading a file", path, f"more than {_LARGEST_BYTES // 2**20} MiB; expected a manifest",
            "give the file of one workload",
        )  # fmt: skip
    return data.decode("utf-8", errors="replace")


def _has_pod(value: Plain) -> bool:
    spec = value.get("spec")
    if not isinstance(spec, dict):
        return False
    if value.get("kind") == "CronJob":
        inner = spec.get("jobTemplate")
        return isinstance(inner, dict) and _has_pod(inner)
    template = spec.get("template")
    return isinstance(spec.get("containers"), list) or (
        isinstance(template, dict) and isinstance(template.get("spec"), dict)
    )


def _is(value: Plain, target: Target) -> bool:
    metadata = value.get("metadata") or {}
    return value.get("kind") == target.kind and metadata.get("name") == target.name
