"""Asks the schemas of Kubernetes about objects, with jsonschema-rs (the extra `schema`).

Rules: a kind without a schema is "not validated", which is neither right nor wrong. Validators are
made when the first object of a kind comes. Definitions of custom resources that are in the run
bring the schemas of their kinds.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from holdfast.cli.custom_schemas import Kind, custom_schemas
from holdfast.lint.documents import ObjectSubject, path_text
from holdfast.lint.problem import Path
from holdfast.lint.refusals import Fault, Refusal
from holdfast.lint.values import as_decoded
from holdfast.model.errors import HoldfastError
from holdfast.model.node import KubernetesVersion

# "null" beside the type of a field: the decoder takes null for a field that is not there.
_NOTHING = "null"


class SchemaError(HoldfastError):
    """The extra is not installed."""


class KindSchemas:
    """Schemas by apiVersion and kind, which may refer to definitions of Kubernetes."""

    def __init__(
        self, library: Any, schemas: Mapping[Kind, dict[str, Any]], definitions: dict[str, Any]
    ) -> None:
        """`library` is jsonschema_rs."""
        self._library, self._schemas, self._definitions = library, schemas, definitions
        self._validators: dict[Kind, Any] = {}

    def refusals(self, api_version: str, kind: str, value: object) -> tuple[Refusal, ...] | None:
        """What the API would not accept; None for a kind that has no schema."""
        key = (api_version, kind)
        if key not in self._schemas:
            return None
        validator = self._validators.get(key)
        if validator is None:
            schema = {**self._schemas[key], "$defs": self._definitions}
            validator = self._validators[key] = self._library.validator_for(schema)
        found = (one for error in validator.iter_errors(value) for one in _refusals(error))
        return tuple(sorted(set(found), key=str))


class ApiSchema(KindSchemas):
    """The schemas of one version of Kubernetes."""

    def __init__(self, version: KubernetesVersion) -> None:
        """Raises SchemaError where jsonschema-rs is not installed."""
        try:
            library: Any = importlib.import_module("jsonschema_rs")
        except ImportError as error:
            raise SchemaError(
                "validating manifests",
                "--schema",
                "the package jsonschema-rs is not installed; expected it",
                "pip install 'holdfast[schema]', or leave --schema out",
            ) from error
        from holdfast.sources.schemas.read_schemas import read_schemas

        known = read_schemas(version)
        schemas = {kind: {"$ref": f"#/$defs/{name}"} for kind, name in known.names.items()}
        super().__init__(library, schemas, known.definitions)

    def refusals(self, api_version: str, kind: str, value: object) -> tuple[Refusal, ...] | None:
        """What the API would not accept; None for a kind that has no schema."""
        known = (api_version, kind) in self._schemas
        return super().refusals(api_version, kind, as_decoded(value)) if known else None

    def of_custom_kinds(self, objects: Iterable[ObjectSubject]) -> KindSchemas:
        """The schemas that CustomResourceDefinitions bring."""
        return KindSchemas(
            self._library, custom_schemas(one.value for one in objects), self._definitions
        )


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
