"""Parts of objects that several rules read or write in the same way."""

from typing import Any

import msgspec

from holdfast.kubelet.windows import detection_window
from holdfast.model.container import Probe
from holdfast.model.edit import Json
from holdfast.model.quantity import Quantity, read_quantity


def handler_of(probe: Probe) -> dict[str, Json]:
    """The handler of a probe as a manifest writes it, for another probe of the same request."""
    fields: dict[str, Any] = msgspec.to_builtins(probe)
    return {
        name: value
        for name, value in fields.items()
        if name in ("httpGet", "tcpSocket", "grpc", "exec")
    }


def earliest_kill(probe: Probe) -> int:
    """Seconds from the start to the kill of a process that refuses every probe (rules.md 11.1).

    Up to a period more passes where the phase of the ticks is bad.
    """
    return probe.initial_delay + (probe.failures - 1) * probe.period


def patience(probe: Probe) -> int:
    """The least seconds from the last answer to the verdict, for a process that hangs."""
    return int(detection_window(probe, probe.timeout).low)


def as_decoded(value: Any) -> Any:
    """A value of JSON as the API's decoder leaves it: null is what is not written.

    Source: encoding/json, Unmarshal: null has no effect on a field, and makes an empty item.
    """
    if isinstance(value, dict):
        return {name: as_decoded(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        empty: Json = {} if any(isinstance(item, dict) for item in value) else ""
        return [empty if item is None else as_decoded(item) for item in value]
    return value


def whole_mebibytes(count: int | float) -> str:
    """A number of bytes as a quantity in Mi, rounded down."""
    return f"{int(count) // 2**20}Mi"


def amount_of(value: object) -> Quantity | None:
    """A quantity of a manifest; None for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return read_quantity(value)
