"""Packs the schemas of Kubernetes: `python -m tests.house.kubernetes_schemas`.

Needs `pip install --group schemas`: 108 MB of definitions with descriptions, for 100 kB without.
"""

import gzip
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import holdfast
from holdfast.kubelet.behaviour import NEWEST, OLDEST

PACKED = Path(holdfast.__file__).parent / "sources" / "schemas" / "kubernetes.json.gz"
_KEPT = "x-kubernetes-group-version-kind"


def pack() -> bytes:
    """The definitions of all versions that holdfast knows, each once."""
    minors: dict[tuple[str, str], list[int]] = {}
    for minor in range(OLDEST.minor, NEWEST.minor + 1):
        for name, schema in _definitions(minor).items():
            text = json.dumps(_stripped(schema), sort_keys=True)
            minors.setdefault((name, text), []).append(minor)
    rows = [[name, found, json.loads(text)] for (name, text), found in sorted(minors.items())]
    return gzip.compress(json.dumps(rows, separators=(",", ":")).encode(), 9, mtime=0)


def _definitions(minor: int) -> dict[str, Any]:
    directory = f"kubernetes-json-schema/v1.{minor}.0-local-strict"
    text = files("kubernetes_validate").joinpath(directory, "_definitions.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)["$defs"]
    return found


def _stripped(value: Any) -> Any:
    """Without descriptions; a null is valid for both sides of a oneOf, so it becomes anyOf.

    Names of properties are no keywords: that of a CustomResourceDefinition's schema has a property
    oneOf, and many that begin with x-kubernetes.
    """
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        "anyOf" if key == "oneOf" else key: _named(inner)
        if key == "properties"
        else _stripped(inner)
        for key, inner in value.items()
        if key != "description" and (key == _KEPT or not key.startswith("x-kubernetes-"))
    }


def _named(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: _stripped(schema) for name, schema in properties.items()}


if __name__ == "__main__":
    PACKED.write_bytes(pack())
