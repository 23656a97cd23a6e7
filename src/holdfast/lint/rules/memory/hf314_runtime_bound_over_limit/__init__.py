"""What the runtime is allowed to use is above the memory limit of its container.

What happens
------------
.NET keeps its heap below GCHeapHardLimit, PHP-FPM each child below memory_limit. Where these are
more than the container has, the kernel is what ends the process.

Why it hurts
------------
OOMKilled instead of a collection, or instead of an error of one request.

How we know
-----------
DOTNET_GCHeapHardLimit (hexadecimal bytes) or its percentage (hexadecimal too) against the limit;
memory_limit times pm.max_children from variables or a mounted ConfigMap.

What else it could be
---------------------
Children that never reach their bound at the same time.

Fix
---
.NET: 75 % of the limit, which is the default, so leave it out. PHP: fewer children.

When the fix is wrong
---------------------
Where requests were measured to need far less than memory_limit.

References
----------
docs/specs/rules.md HF314, docs/specs/causes.md D04; learn.microsoft.com, Runtime configuration
options for garbage collection; php.net, pm.max_children.
"""

from collections.abc import Iterator, Mapping

from holdfast.lint.mounts import config_texts
from holdfast.lint.options import variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import Variable, World
from holdfast.model.hazard import Place
from holdfast.model.heap_setting import jvm_bytes
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF314",
    "a bound of .NET or PHP does not fit into the limit",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("D04",),
)


_NET = ("DOTNET_GCHeapHardLimit", "COMPlus_GCHeapHardLimit")
_NET_PERCENT = ("DOTNET_GCHeapHardLimitPercent", "COMPlus_GCHeapHardLimitPercent")
# What the runtime needs beside its heap, as for the JVM (rules.md HF308).
_HIGH_PERCENT = 85
_CHILDREN = regex(r"(?m)^\s*pm\.max_children\s*=\s*(\d+)")
_MEMORY = regex(r"(?m)^\s*(?:php_admin_value\[)?memory_limit\]?\s*=\s*(\d+[kKmMgG]?)")
_HEXADECIMAL = regex(r"(?:0x)?([0-9A-Fa-f]{1,16})")


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """The bound of PHP in the configurations that are mounted, against the limit."""
    limit = container.limit_bytes()
    if limit is not None:
        yield from _php(container, world, limit)


def check_variables(
    container: ContainerSubject, variables: Mapping[str, Variable]
) -> Iterator[Problem]:
    """Bounds of .NET against the limit."""
    limit = container.limit_bytes()
    if limit is None:
        return
    for option in variable_options(variables, _NET):
        size = _hexadecimal(option.text)
        if size is not None and size >= limit:
            yield container.problem(
                f"{option.name} {option.text} is {format_bytes(size)}, and the limit "
                f"{format_bytes(limit)}",
                at=option.place,
                fix=Fix("leave it out: the default is 75 % of the limit"),
            )
    for option in variable_options(variables, _NET_PERCENT):
        percent = _hexadecimal(option.text)
        if percent is not None and percent >= _HIGH_PERCENT:
            yield container.problem(
                f"{option.name} {option.text} is hexadecimal: {percent} % of the limit",
                at=option.place,
                fix=Fix("leave it out: the default is 75 %"),
            )


def _php(container: ContainerSubject, world: World, limit: int) -> Iterator[Problem]:
    children: list[tuple[int, Place]] = []
    bounds: list[int] = []
    for config in config_texts(container, world):
        children += [(int(count), config.place) for count in _CHILDREN.findall(config.text)]
        bounds += [jvm_bytes(size) or 0 for size in _MEMORY.findall(config.text)]
    if not children or not bounds:
        return
    count, place = children[-1]
    if count * bounds[-1] > limit:
        yield container.problem(
            f"{count} children of PHP with {format_bytes(bounds[-1])} each are "
            f"{format_bytes(count * bounds[-1])}, and the limit {format_bytes(limit)}",
            at=place,
            fix=Fix(f"pm.max_children {max(1, limit // bounds[-1])}, or a smaller memory_limit"),
        )


def _hexadecimal(text: str) -> int | None:
    match = _HEXADECIMAL.fullmatch(text)
    return int(match[1], 16) if match is not None else None
