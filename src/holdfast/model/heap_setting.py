"""Heap limits of managed runtimes in a container's environment and command line, in bytes.

Rules: only literal values are read, and only the number and the name of the flag leave this module,
never the text around them. A percentage is taken of the container's memory limit.
"""

import re
from collections.abc import Iterator

import msgspec

from holdfast.model.container import Container
from holdfast.model.regex import regex

# The JVM's suffixes are binary; Go's GOMEMLIMIT has B, KiB, MiB, GiB, TiB; Node counts in MiB.
_BINARY = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_SIZE = regex(r"(?P<flag>-Xmx|-XX:MaxHeapSize=)(?P<count>\d+)(?P<unit>[kmgt]?)\b", re.IGNORECASE)
_AMOUNT = regex(r"(?P<count>\d+)(?P<unit>[kmgt]?)", re.IGNORECASE)
_PERCENT = regex(r"(?P<flag>-XX:MaxRAMPercentage)=(?P<count>\d+(?:\.\d+)?)")
_NODE = regex(r"(?P<flag>--max[-_]old[-_]space[-_]size)[= ](?P<count>\d+)")
_GO = regex(r"(?P<count>\d+)(?P<unit>[KMGT]i)?B?")
_GO_NAME = "GOMEMLIMIT"


class HeapSetting(msgspec.Struct, frozen=True):
    """A limit that a runtime keeps its heap below. `place` is a variable's name or "command"."""

    flag: str
    place: str
    bytes: int


def jvm_bytes(text: str) -> int | None:
    """Bytes of a size as a JVM flag writes it, "4g"; None for anything else."""
    match = _AMOUNT.fullmatch(text)
    return int(match["count"]) * _BINARY[match["unit"].lower()] if match is not None else None


def heap_settings(spec: Container | None, limit_bytes: int) -> tuple[HeapSetting, ...]:
    """Every heap limit that the specification sets, in the order of the environment."""
    if spec is None:
        return ()
    texts = [(entry.name, entry.value or "") for entry in spec.env or ()]
    texts.append(("command", " ".join((*(spec.command or ()), *(spec.args or ())))))
    return tuple(
        setting for place, text in texts for setting in settings_in(place, text, limit_bytes)
    )


def settings_in(place: str, text: str, limit_bytes: int) -> Iterator[HeapSetting]:
    """The heap limits of one text: the value of the variable `place`, or words of a command."""
    if place == _GO_NAME:
        match = _GO.fullmatch(text.strip())
        if match is not None:
            unit = (match["unit"] or "")[:1].lower()
            yield HeapSetting(_GO_NAME, place, int(match["count"]) * _BINARY[unit])
        return
    for match in _SIZE.finditer(text):
        yield HeapSetting(
            match["flag"].rstrip("="), place, int(match["count"]) * _BINARY[match["unit"].lower()]
        )
    for match in _PERCENT.finditer(text):
        yield HeapSetting(match["flag"], place, int(float(match["count"]) * limit_bytes / 100))
    for match in _NODE.finditer(text):
        yield HeapSetting("--max-old-space-size", place, int(match["count"]) * 2**20)
