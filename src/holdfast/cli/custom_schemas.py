"""The schemas that CustomResourceDefinitions of a run bring for the objects of their kinds.

Rules: what is pruned, of another type, not among the values of an enum, or missing is told, as for
the kinds of Kubernetes; patterns, bounds and CEL are not asked. null is as if nothing were written.
Where two definitions of a kind differ, neither is asked. Source: kubernetes v1.36
staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema, pruning/algorithm.go.
"""

from collections.abc import Iterable, Iterator
from typing import Any

_VERSION, _KIND = "apiextensions.k8s.io/v1", "CustomResourceDefinition"
_NAMES: dict[str, Any] = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}
_METADATA = {"$ref": "#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}

Kind = tuple[str, str]


def custom_schemas(objects: Iterable[Any]) -> dict[Kind, dict[str, Any]]:
    """By apiVersion and kind, of the definitions among some objects."""
    found: dict[Kind, list[Any]] = {}
    for value in objects:
        if (value.get("apiVersion"), value.get("kind")) == (_VERSION, _KIND):
            for kind, schema in _versions(_mapping(value.get("spec"))):
                known = found.setdefault(kind, [])
                if schema not in known:
                    known.append(schema)
    return {kind: _root(known[0]) for kind, known in found.items() if len(known) == 1}


def _versions(spec: dict[str, Any]) -> Iterator[tuple[Kind, Any]]:
    kind = _mapping(spec.get("names")).get("kind")
    versions = spec.get("versions")
    for version in versions if isinstance(versions, list) else ():
        schema = _mapping(_mapping(version).get("schema")).get("openAPIV3Schema")
        if (
            isinstance(schema, dict)
            and isinstance(kind, str)
            and version.get("served") is not False
        ):
            yield (f"{spec.get('group')}/{version.get('name')}", kind), schema


def _root(schema: dict[str, Any]) -> dict[str, Any]:
    strict = _strict(schema)
    strict["properties"] = {**strict.get("properties", {}), **_NAMES, "metadata": _METADATA}
    return strict


def _strict(schema: Any) -> dict[str, Any]:
    """A structural schema as one of JSON Schema that refuses what would be pruned."""
    schema = _mapping(schema)
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string", "null"]}
    strict: dict[str, Any] = {}
    if isinstance(schema.get("type"), str):
        strict["type"] = [schema["type"], "null"]
    if isinstance(schema.get("enum"), list):
        strict["enum"] = [*schema["enum"], None]
    if isinstance(schema.get("required"), list):
        strict["required"] = schema["required"]
    properties = _mapping(schema.get("properties"))
    strict["properties"] = {name: _strict(inner) for name, inner in properties.items()}
    if schema.get("x-kubernetes-embedded-resource"):
        strict["properties"] |= {**_NAMES, "metadata": _METADATA}
    if "items" in schema:
        strict["items"] = _strict(schema["items"])
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        strict["additionalProperties"] = _strict(others)
    elif not others and schema.get("x-kubernetes-preserve-unknown-fields") is not True:
        strict["additionalProperties"] = False
    return strict


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
