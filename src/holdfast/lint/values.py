"""Parts of objects that several rules read or write in the same way."""

import re
from typing import Any

import msgspec

from holdfast.model.container import LifecycleHandler, Probe
from holdfast.model.edit import Json
from holdfast.model.quantity import Quantity

_SLEEP = re.compile(
    r"(?:^|[;&|\s(])(?:/(?:usr/)?bin/)?sleep\s+(\d+(?:\.\d+)?)([smhd]?)(?=$|[\s;&|)])"
)
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
# The suffixes of -Xmx and -Xms (java(1)): powers of 1024.
_JVM_SIZE = re.compile(r"(\d+)([kKmMgGtT]?)")
_JVM_UNIT = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def handler_of(probe: Probe) -> dict[str, Json]:
    """The handler of a probe as a manifest writes it, for another probe of the same request."""
    fields: dict[str, Any] = msgspec.to_builtins(probe)
    return {
        name: value
        for name, value in fields.items()
        if name in ("httpGet", "tcpSocket", "grpc", "exec")
    }


def sleep_seconds(hook: LifecycleHandler) -> float | None:
    """How long a hook sleeps for certain: a native sleep, or the sleeps of its command, added.

    None where it does something whose length is not known.
    """
    if hook.sleep is not None:
        return float(hook.sleep.seconds)
    command = hook.exec.command if hook.exec is not None else None
    if not command:
        return None
    found = _SLEEP.findall(" ".join(command))
    return sum(float(n) * _UNIT_SECONDS[unit] for n, unit in found) if found else None


def jvm_size(text: str) -> int | None:
    """Bytes of a size as a JVM flag writes it, "4g"; None for anything else."""
    match = _JVM_SIZE.fullmatch(text)
    return int(match[1]) * _JVM_UNIT[match[2].lower()] if match is not None else None


def go_memory(text: str) -> int | None:
    """Bytes of a GOMEMLIMIT ("750MiB", "1GiB", "123456"); None for "off" and what Go refuses.

    Source: Go runtime/debug.SetMemoryLimit, parseByteCount.
    """
    for suffix, factor in (
        ("KiB", 2**10),
        ("MiB", 2**20),
        ("GiB", 2**30),
        ("TiB", 2**40),
        ("B", 1),
    ):
        if text.endswith(suffix):
            digits = text.removesuffix(suffix)
            return int(digits) * factor if digits.isdecimal() else None
    return int(text) if text.isdecimal() else None


def whole_mebibytes(count: int | float) -> str:
    """A number of bytes as a quantity in Mi, rounded down."""
    return f"{int(count) // 2**20}Mi"


def amount_of(value: object) -> Quantity | None:
    """A quantity of a manifest; None for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return Quantity.parse(value)
    except ValueError:
        return None


def share_of(given: object, count: int, *, up: bool) -> int | None:
    """An int-or-percent of `count`, rounded as the API says; None for anything else."""
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return given
    if isinstance(given, str) and given.endswith("%") and given[:-1].isdecimal():
        whole = int(given[:-1]) * count
        return -(-whole // 100) if up else whole // 100
    return None
