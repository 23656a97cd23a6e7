"""Reads the schemas of one version of Kubernetes out of the file that holds those of all.

Rules: definitions are strict (a field that is not in them is refused) and without descriptions. A
definition that several versions share is stored once, with the versions that have it.
"""

import gzip
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from holdfast.model.node import KubernetesVersion

_FILE = "kubernetes.json.gz"
_KINDS = "x-kubernetes-group-version-kind"


class Definition(msgspec.Struct, frozen=True, array_like=True):
    """A definition by its name in the OpenAPI document, and the minor versions that have it."""

    name: str
    versions: tuple[int, ...]
    schema: dict[str, Any]


class Schemas(NamedTuple):
    """The definitions of one version; `names` finds that of an object by (apiVersion, kind)."""

    definitions: dict[str, dict[str, Any]]
    names: dict[tuple[str, str], str]


def read_schemas(version: KubernetesVersion) -> Schemas:
    """The schemas of a version; of the nearest one that is there, for others."""
    packed = files(__package__).joinpath(_FILE).read_bytes()
    rows = msgspec.json.decode(gzip.decompress(packed), type=list[Definition])
    known = {minor for row in rows for minor in row.versions}
    minor = min(known, key=lambda one: abs(one - version.minor))
    definitions = {row.name: row.schema for row in rows if minor in row.versions}
    names = {}
    for name, schema in definitions.items():
        for kind in schema.get(_KINDS, ()):
            group, version_, of = kind["group"], kind["version"], kind["kind"]
            names[(f"{group}/{version_}" if group else version_, of)] = name
    return Schemas(definitions, names)
