"""Plain values (decoded YAML or JSON) into a Workload.

Rules: what a field may hold is read from its annotation, so that a new field is one line in
`workload.py`; every refusal names the path of the field and shows what would be right. Nothing is
ignored: an unknown field is an error.
"""

import difflib
import types
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from holdfast.model.duration import Duration
from holdfast.model.errors import HoldfastError
from holdfast.model.quantity import Quantity
from holdfast.model.regex import regex
from holdfast.simulation.check_workload import check_workload
from holdfast.simulation.distribution import (
    Distribution,
    Unit,
    constant,
    empirical,
    log_normal,
    uniform,
)
from holdfast.simulation.spell import Part
from holdfast.simulation.workload import Workload

API_VERSION = "holdfast/v1"
KIND = "Workload"
# Ten years, and one exbibyte: nothing that runs in a pod needs more, and sums stay exact.
_LONGEST_SECONDS = 10 * 365 * 86400.0
_LARGEST_BYTES = float(2**60)
# Numbers with bounds of their own: (least, most).
_BOUNDS: dict[str, tuple[float, float]] = {
    "Answer.code": (100, 599),
    "Need.code": (100, 599),
    "ExecAnswer.exit": (0, 255),
    "Exit.code": (0, 255),
    "Hook.exit": (0, 255),
    "Memory.exit_code": (0, 255),
    "Need.exit_code": (0, 255),
    "OnTerm.code": (0, 255),
    "ContainerWorkload.ports": (1, 65535),
    "Start.threads": (0.01, 4096),
    "Demand.cores": (0, 4096),
    "Traffic.per_second": (0, 1e6),
}
_RATE = regex(r"(?P<amount>[^/]+)/(?P<time>s|m|h|d)")
_PER_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class WorkloadError(HoldfastError):
    """A workload that cannot be used."""


class _RefusedError(ValueError):
    """Why a value is refused, and the path below the present one."""

    def __init__(self, path: str, found: str) -> None:
        super().__init__(found)
        self.path = path
        self.found = found


def read_workload(value: object, source: str) -> Workload:
    """The workload that a document holds.

    Args: `value` is the document as plain values, `source` what the person calls it.
    Raises WorkloadError with the path of the first field that is wrong.
    """
    try:
        if not isinstance(value, Mapping):
            raise _RefusedError("", f"{_show(value)}; expected a mapping with apiVersion and kind")
        for field, wanted in (("apiVersion", API_VERSION), ("kind", KIND)):
            if value.get(field) != wanted:
                raise _RefusedError(field, f"{_show(value.get(field))}; expected {wanted}")
        rest = {k: v for k, v in value.items() if k not in ("apiVersion", "kind", "metadata")}
        workload: Workload = _read_part(Workload, rest, "")
        fault = check_workload(workload)
        if fault is not None:
            raise _RefusedError(*fault)
    except _RefusedError as refused:
        where = f"{source}: {refused.path}" if refused.path else source
        raise WorkloadError(
            "reading the workload", where, refused.found, "docs/workloads.md describes every field"
        ) from None
    return workload


def _read_part(part: type[Any], value: object, path: str) -> Any:
    if not isinstance(value, Mapping):
        raise _RefusedError(path, f"{_show(value)}; expected a mapping")
    hints = get_type_hints(part, include_extras=True)
    fields = {field.encode_name: field for field in msgspec.structs.fields(part)}
    given: dict[str, Any] = {}
    for name, inner in value.items():
        field = fields.get(str(name))
        if field is None:
            raise _RefusedError(path, _unknown(str(name), list(fields)))
        rule = f"{part.__name__}.{field.name}"
        given[field.name] = _read(hints[field.name], inner, _join(path, str(name)), rule)
    for name, field in fields.items():
        if field.required and field.name not in given:
            raise _RefusedError(path, f"no {name}; it has no default")
    return part(**given)


def _read(hint: Any, value: object, path: str, rule: str) -> Any:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        if value is None:
            return None
        return _read(next(a for a in get_args(hint) if a is not types.NoneType), value, path, rule)
    if origin is Annotated:
        return _distribution(get_args(hint)[1], value, path)
    if origin is tuple:
        items = value if isinstance(value, list) else [value]
        inner = get_args(hint)[0]
        return tuple(_read(inner, item, f"{path}[{i}]", rule) for i, item in enumerate(items))
    if origin is dict:
        if not isinstance(value, Mapping):
            raise _RefusedError(path, f"{_show(value)}; expected a mapping of names")
        inner = get_args(hint)[1]
        return {str(k): _read(inner, v, f"{path}[{k}]", rule) for k, v in value.items()}
    if isinstance(hint, type) and issubclass(hint, Part):
        return _read_part(hint, value, path)
    return _scalar(hint, value, path, rule)


def _scalar(hint: Any, value: object, path: str, rule: str) -> Any:
    if hint is Duration:
        return Duration(_number(Unit.DURATION, value, path))
    if hint is Quantity:
        return _quantity(value, path)
    if hint is bool:
        if not isinstance(value, bool):
            raise _RefusedError(path, f"{_show(value)}; expected true or false")
        return value
    if hint in (int, float):
        return _plain_number(hint, value, path, rule)
    if not isinstance(value, str):
        raise _RefusedError(path, f"{_show(value)}; expected text")
    if issubclass(hint, StrEnum):
        words = [word.value for word in hint]
        if value not in words:
            raise _RefusedError(path, f"{_show(value)}; expected one of {', '.join(words)}")
        return hint(value)
    return value


def _plain_number(hint: type, value: object, path: str, rule: str) -> float:
    least, most = _BOUNDS.get(rule, (0, 2**31 - 1))
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    fits = number is not None and least <= number <= most
    if number is None or not fits or (hint is int and number != int(number)):
        kind = "a number" if hint is float else "a whole number"
        found = f"{_show(value)}; expected {kind} from {least:g} to {most:g}"
        raise _RefusedError(path, found)
    return hint(number)  # type: ignore[no-any-return]


def _distribution(unit: Unit, value: object, path: str) -> Distribution:
    """A single number, a list of numbers that were measured, {min, max} or {median, p99}."""
    if isinstance(value, list):
        if not value:
            raise _RefusedError(path, "an empty list; expected at least one measured value")
        values = enumerate(value)
        return empirical(tuple(_number(unit, v, f"{path}[{i}]") for i, v in values))
    if not isinstance(value, Mapping):
        return constant(_number(unit, value, path))
    numbers = {str(k): _number(unit, v, f"{path}.{k}") for k, v in value.items()}
    if set(numbers) == {"min", "max"}:
        if numbers["min"] > numbers["max"]:
            raise _RefusedError(path, f"min above max; {_show(value)}")
        return uniform(numbers["min"], numbers["max"])
    if set(numbers) == {"median", "p99"}:
        if not 0 < numbers["median"] <= numbers["p99"]:
            raise _RefusedError(path, f"{_show(value)}; expected 0 < median <= p99")
        return log_normal(numbers["median"], numbers["p99"])
    found = f"{_show(value)}; expected one value, a list, {{min, max}} or {{median, p99}}"
    raise _RefusedError(path, found)


def _number(unit: Unit, value: object, path: str) -> float:
    """Seconds, or bytes per second."""
    if unit is Unit.RATE:
        match = _RATE.fullmatch(str(value).replace(" ", "")) if isinstance(value, str) else None
        if match is None:
            raise _RefusedError(path, f"{_show(value)}; expected a rate such as 1Mi/s or 20Mi/h")
        return float(_quantity(match["amount"], path).amount) / _PER_SECONDS[match["time"]]
    if value == 0 and not isinstance(value, bool):
        return 0.0
    if not isinstance(value, str):
        raise _RefusedError(
            path, f"{_show(value)}; expected a duration with its unit, such as 20ms, 5m"
        )
    try:
        seconds = Duration.parse(value).seconds
    except ValueError as error:
        raise _RefusedError(path, str(error)) from None
    if not 0 <= seconds <= _LONGEST_SECONDS:
        raise _RefusedError(path, f"{_show(value)}; expected a duration from 0s to 3650d")
    return seconds


def _quantity(value: object, path: str) -> Quantity:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _RefusedError(path, f"{_show(value)}; expected a quantity such as 64Mi")
    try:
        quantity = Quantity.parse(value)
    except ValueError as error:
        raise _RefusedError(path, str(error)) from None
    if not 0 <= quantity.amount <= _LARGEST_BYTES:
        raise _RefusedError(path, f"{_show(value)}; expected a quantity from 0 to 1Ei")
    return quantity


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(sorted(known))}"
    return f"the unknown field {_show(name)}; {hint}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
