"""Asks the schemas of Kubernetes about objects, with jsonschema-rs (the extra `schema`).

Rules: a kind without a schema is "not validated", which is neither right nor wrong. Validators are
made when the first object of a kind comes.
"""

import importlib
from collections.abc import Iterator
from typing import Any

from holdfast.lint.documents import path_text
from holdfast.lint.problem import Path
from holdfast.lint.refusals import Fault, Refusal
from holdfast.lint.values import as_decoded
from holdfast.model.errors import HoldfastError
from holdfast.model.node import KubernetesVersion

# "null" beside the type of a field: the decoder takes null for a field that is not there.
_NOTHING = "null"


class SchemaError(HoldfastError):
    """The extra is not installed."""


class ApiSchema:
    """The schemas of one version of Kubernetes."""

    def __init__(self, version: KubernetesVersion) -> None:
        """Raises SchemaError where jsonschema-rs is not installed."""
        try:
            self._library: Any = importlib.import_module("jsonschema_rs")
        except ImportError as error:
            raise SchemaError(
                "validating manifests",
                "--schema",
                "the package jsonschema-rs is not installed; expected it",
                "pip install 'holdfast[schema]', or leave --schema out",
            ) from error
        from holdfast.sources.schemas.read_schemas import read_schemas

        self._schemas = read_schemas(version)
        self._validators: dict[tuple[str, str], Any] = {}

    def refusals(self, api_version: str, kind: str, value: object) -> tuple[Refusal, ...] | None:
        """What the API would not accept; None for a kind that has no schema."""
        name = self._schemas.names.get((api_version, kind))
        if name is None:
            return None
        validator = self._validators.get((api_version, kind))
        if validator is None:
            schema = {"$ref": f"#/$defs/{name}", "$defs": self._schemas.definitions}
            validator = self._validators[api_version, kind] = self._library.validator_for(schema)
        found = (
            one for error in validator.iter_errors(as_decoded(value)) for one in _refusals(error)
        )
        return tuple(sorted(set(found), key=str))


def _refusals(error: Any) -> Iterator[Refusal]:
    """An error of the validator in our words; an unknown field is told where it stands."""
    kind, path = error.kind, tuple(error.instance_path)
    if kind.name == "additionalProperties":
        for field in kind.unexpected:
            yield Refusal(Fault.UNKNOWN, (*path, field), f"{field} is no field of {_parent(path)}")
    elif kind.name == "required":
        found = f"{_parent(path)} needs {kind.property}"
        yield Refusal(Fault.MISSING, path, found)
    else:
        yield Refusal(Fault.TYPE, path, _mismatch(error))


def _parent(path: Path) -> str:
    return path_text(path) or "the object"


def _mismatch(error: Any) -> str:
    kind = error.kind
    if kind.name == "type":
        types = [one for one in kind.types if one != _NOTHING]
        return f"expected {' or '.join(types)}"
    if kind.name == "enum":
        return f"expected one of {', '.join(str(one) for one in kind.options if one)}"
    return "no value that the API accepts"
